"""Embedded names in scripts without spaces: index terms whose phonetic keys letters share, beyond chance."""

import math
from collections.abc import Mapping
from functools import cached_property, lru_cache

from pyterrier_optical.lexicon.sound import TOLERANCES, phonetic_key
from pyterrier_optical.lexicon.words.spelling import SpeltTerms
from pyterrier_optical.lexicon.words.weighting import WordTerms, shares

# In a large index some term sounds like any letters. These log-odds are a logistic regression on stretches of Thai news
# that are a name or not. They are used for all scripts without spaces.
_BIAS = 2.0
_LETTER = 1.3
_UNLIKE_LETTER = 2.9
_FREQUENCY = 0.86
_SAID_OTHERWISE = 0.5
_LEAST_PROBABILITY = 0.2
# A certain name counts as a word that was seen a thousandth of a time, because it may be any of many terms.
_NAME_COUNT = 0.001
_LEAST_LOG_ODDS = math.log(_LEAST_PROBABILITY / (1 - _LEAST_PROBABILITY))


class HiddenNames:
    """Finds the terms of an index that some letters of a script without spaces may be a name for.

    For n letters of the phonetic key, of which a share of u is unlike a term, p the term's share of all document
    frequencies, and s how often words of such scripts are translated by the term in the bitext, the log-odds that the
    letters are the term are

        2.0 + n (1.3 - 2.9 u) + .86 log p - .5 log(1 + s)

    So a short name must match a frequent term exactly, the more so in a large index. A term that translates a word of
    the bitext is rarely written by its sound. Terms with a probability below .2 are left out.

    Args:
        spelt: Terms that are spelt alike, with their frequencies.
        said: How often words of scripts without spaces are translated by a term in the bitext; 0 for terms that it
            lacks.

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
        return shares(self._log_odds(letters))

    def count(self, letters: str) -> float:
        """How often letters of a script without spaces, which may be a name, count as having been seen."""
        return _NAME_COUNT * self.probability(letters)

    def _probability(self, letters: str) -> float:
        """How likely letters are the name that they are most like, from 0 (none is likely) to 1."""
        log_odds = max(self._log_odds(letters).values(), default=-math.inf)
        return 1 / (1 + math.exp(-log_odds)) if log_odds >= _LEAST_LOG_ODDS else 0.0

    def _log_odds(self, letters: str) -> dict[str, float]:
        # Count the shortest key. A longer one would include a neighbouring sound that another tolerance maps to the
        # same code.
        number = min(len(phonetic_key(letters, tolerance)) for tolerance in range(TOLERANCES))
        if not number:
            return {}
        exact, unlike = _BIAS + _LETTER * number, _UNLIKE_LETTER * number

        def least_likeness(term: str) -> float:
            return 1 - (exact + self._priors[term] - _LEAST_LOG_ODDS) / unlike

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
