"""Names among the letters of scripts without spaces: index terms that letters sound like, beyond chance."""

import math
from collections.abc import Mapping
from functools import cached_property, lru_cache

from pyterrier_optical.translate.sound import sound
from pyterrier_optical.translate.spelling import SpeltTerms
from pyterrier_optical.translate.weighting import WordTerms

# In a large index some term sounds like any letters. A logistic regression on letters of Thai news, which are a name or
# not, gave these log-odds.
_BIAS = 2.4
_LETTER = 1.2
_UNLIKE_LETTER = 2.9
_FREQUENCY = 0.86
_SAID_OTHERWISE = 0.5
_LEAST_PROBABILITY = 0.2
_LEAST_ODDS = math.log(_LEAST_PROBABILITY / (1 - _LEAST_PROBABILITY))


class HiddenNames:
    """Finds the terms of an index that some letters of a script without spaces may be a name for.

    For n letters as they are heard, of which a share of u is unlike a term that has a share of p of all words of the
    documents, and that the bitext has s times by other words, the log-odds that the letters are the term are

        2.4 + n (1.2 - 2.9 u) + .86 log p - .5 log(1 + s)

    so that short names must be exact ones of frequent terms, and what has a word of its own is hardly written by its
    sound. Terms whose probability is below .2 are none.

    Args:
        spelt: Terms that are spelt alike, with their frequencies.
        said: How often the bitext has a term by words of scripts without spaces; terms that it lacks count as 0.

    Example:
        >>> names = HiddenNames(SpeltTerms({"denver": 3, "driver": 90}))
        >>> names("เดนเวอร์")
        {'denver': 1.0}
        >>> names.probability("เดนเวอร์") > 0.9, names.probability("กิน")
        (True, 0.0)
    """

    def __init__(self, spelt: SpeltTerms, said: Mapping[str, float] | None = None):
        self._spelt = spelt
        self._said = said or {}
        self.probability = lru_cache(maxsize=1 << 16)(self._probability)

    def __call__(self, letters: str) -> WordTerms:
        """The terms that letters may be a name for.

        Args:
            letters: Letters of a script without spaces.

        Returns:
            Terms with weights that add up to 1; none when none is likely.
        """
        odds = {term: math.exp(value) for term, value in self._log_odds(letters).items()}
        total = sum(odds.values())
        return {term: value / total for term, value in odds.items()}

    def _probability(self, letters: str) -> float:
        """How likely letters are the name that they are most like, from 0 (none is likely) to 1."""
        odds = max(self._log_odds(letters).values(), default=-math.inf)
        return 1 / (1 + math.exp(-odds)) if odds >= _LEAST_ODDS else 0.0

    def _log_odds(self, letters: str) -> dict[str, float]:
        number = len(sound(letters))
        if not number:
            return {}
        exact, unlike = _BIAS + _LETTER * number, _UNLIKE_LETTER * number

        def least_likeness(term: str) -> float:
            return 1 - (exact + self._priors[term] - _LEAST_ODDS) / unlike

        similar = self._spelt.similar(letters, least_likeness)
        return {term: exact + self._priors[term] - unlike * (1 - likeness) for term, likeness in similar.items()}

    @cached_property
    def _priors(self) -> dict[str, float]:
        frequencies = {term: max(frequency, 1) for term, frequency in self._spelt.frequencies.items()}
        all_words = sum(frequencies.values())
        return {
            term: _FREQUENCY * math.log(frequency / all_words) - _SAID_OTHERWISE * math.log1p(self._said.get(term, 0.0))
            for term, frequency in frequencies.items()
        }
