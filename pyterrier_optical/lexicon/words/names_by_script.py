"""Names among letters: by their transliteration where the script's is known, and by ear where it is not."""

import math
from collections.abc import Sequence

from pyterrier_optical.lexicon.words.hidden_names import HiddenNames
from pyterrier_optical.lexicon.words.transliterated_names import TransliteratedNames
from pyterrier_optical.lexicon.words.weighting import WordTerms


class NamesByScript:
    """Asks about letters whoever knows their script.

    Args:
        transliterated: One for each script whose transliteration is known.
        by_ear: For letters of all others.

    Example:
        >>> from pyterrier_optical.lexicon.words.spelling import SpeltTerms
        >>> names = NamesByScript([], HiddenNames(SpeltTerms({"denver": 3, "driver": 90})))
        >>> names("เดนเวอร์"), names.count("กิน")
        ({'denver': 1.0}, 0.0)
    """

    def __init__(self, transliterated: Sequence[TransliteratedNames], by_ear: HiddenNames):
        self._transliterated = transliterated
        self._by_ear = by_ear

    def __call__(self, letters: str) -> WordTerms:
        """The terms that letters may be a name for, with weights that add up to 1; none when none is likely."""
        return self._who_knows(letters)(letters)

    def count(self, letters: str, least: float = -math.inf) -> float:
        """How often letters count as having been seen because they may be a name; 0 for those that are none.

        Args:
            letters: Letters of a script without spaces.
            least: A log-probability; names that are less likely need no count.
        """
        return self._who_knows(letters).count(letters, least)

    def _who_knows(self, letters: str) -> TransliteratedNames | HiddenNames:
        return next((names for names in self._transliterated if names.writes(letters)), self._by_ear)
