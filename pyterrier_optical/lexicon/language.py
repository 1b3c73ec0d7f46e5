"""The words of one language, with their counts and their translations."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pyterrier_optical.lexicon.relatives import Relatives
from pyterrier_optical.script import Variants, variant_key
from pyterrier_optical.script.tokenise import which_are_spaceless

# Added to a word's count, so that one word unknown to a language does not rule it out. Not tuned.
_SMOOTHING = 0.1
# The share of a word's count that its other spellings have in the guess of a language. Set by hand: for 200 Vietnamese
# sentences of the bitext (MASSIVE) the probability of the right language is, without marks, .755 with 0, .980 with .1
# and .988 with 1; as they are written, 1.000, .993 and .986. Six other languages move by .012 at most, from .03 to 1.
_RESPELT = 0.1
# A word without marks stands for its spellings with marks too, unless more than this share of all is written without.
# Set by hand: the majority. Queries of sample/yo without marks, OpticalRetriever with gloss, nDCG@10: .639 with 0, .691
# with .1, .774 with .5; as they are written .830, .830 and .839.
_UNMARKED = 0.5
#: Probabilities are stored as whole numbers q with p = (q / 255)^2, which keeps small ones apart.
LEVELS = 255


@dataclass(frozen=True)
class LanguageTable:
    """The words of one language.

    Attributes:
        rows: The row of each word.
        counts: (n_words,) how often each word is in the bitext.
        offsets: (n_words + 1,) where each word's entries begin.
        term_ids: (n_entries,) index of an entry's term.
        levels: (n_entries,) uint8, quantised probability of an entry.
    """

    rows: Mapping[str, int]
    counts: np.ndarray
    offsets: np.ndarray
    term_ids: np.ndarray
    levels: np.ndarray

    @cached_property
    def total(self) -> int:
        """The number of running words that were counted."""
        return int(self.counts.sum())

    def count(self, word: str) -> int:
        """How often a folded word is in the bitext, by all the spellings that it stands for."""
        return self._count(self.spellings(word))

    def spellings(self, word: str) -> list[str]:
        """The spellings in the table that a folded word stands for.

        These are the word itself; where it is unknown, the words with the same `variant_key`; and all of these where it
        has no marks and most of the bitext writes it with marks.
        """
        if word not in self.rows:
            return self._variants(word)
        family = self._variants.family(word)
        unmarked = len(family) > 1 and variant_key(word) == word
        return family if unmarked and self._count([word]) <= _UNMARKED * self._count(family) else [word]

    def _count(self, words: list[str]) -> int:
        return int(self.counts[[self.rows[word] for word in words]].sum())

    def translations(self, word: str) -> Iterator[tuple[int, float]]:
        """The index and the probability of each of a word's terms; of spellings, each in proportion to its count.

        The same term may come several times.
        """
        rows = [self.rows[spelling] for spelling in self.spellings(word)]
        weights = self.counts[rows] + 1.0
        for row, weight in zip(rows, (weights / weights.sum()).tolist(), strict=True):
            entries = slice(self.offsets[row], self.offsets[row + 1])
            for i, level in zip(self.term_ids[entries].tolist(), self.levels[entries].tolist(), strict=True):
                yield i, weight * (level / LEVELS) ** 2

    @cached_property
    def _variants(self) -> Variants:
        return Variants(self.rows)

    def log_probability(self, word: str, smoothing_words: int) -> float:
        """The log of P(word | language), smoothed over so many words."""
        exact = self._count([word]) if word in self.rows else 0
        count = exact + _RESPELT * (self.count(word) - exact)
        return math.log((count + _SMOOTHING) / (self.total + _SMOOTHING * smoothing_words))

    @cached_property
    def spaceless(self) -> np.ndarray:
        """(n_words,) bool: which words have letters of a script without spaces."""
        return which_are_spaceless(self.rows)

    @cached_property
    def relatives(self) -> Relatives:
        """Finds the words that share a stem with a given one."""
        return Relatives(list(self.rows))

    def __getstate__(self) -> dict:
        """Without what is made of the rest."""
        made = ("relatives", "spaceless", "_variants", "total")
        return {name: value for name, value in self.__dict__.items() if name not in made}
