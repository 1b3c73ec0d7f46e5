"""Index terms that are spelt like a word: names and loanwords as other languages and scripts write them."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from pyterrier_optical.translate.sound import EARS, consonants, leaves_vowels_out, sound
from pyterrier_optical.translate.weighting import WordTerms, scaled

_FEWEST_LETTERS = 4
_FEWEST_CONSONANTS = 2
# Of two consonants, more must agree besides them.
_LEAST_SIMILAR = {2: 0.84}
_LEAST_SIMILAR_LONGER = 0.75
# In scripts that leave vowels out: the share of the word's letters that the term has, and that of the term's.
_LEAST_COVERED = {2: 0.9}
_LEAST_COVERED_LONGER = 0.75
_LEAST_WRITTEN = 0.5
# What is heard less well is less alike.
_HALF_HEARD = 0.05
# P(word | term) falls to a seventh with every tenth of similarity.
_SHARPNESS = 20.0
_LEAST_WEIGHT = 0.02


class SpeltTerms:
    """Finds the terms of an index that are spelt like a word.

    A term has the word's consonants, and enough of its other letters. Scripts that leave vowels out, of which some do
    not tell voiced from voiceless consonants either, are heard with more tolerance. Among several terms, Bayes' rule
    decides as in spelling correction (Kernighan, Church and Gale 1990): P(term | word) is proportional to
    P(word | term), which falls with the dissimilarity of the spellings, and to the term's frequency.

    Args:
        frequencies: Terms and the number of documents that each is in.

    Example:
        >>> spelt = SpeltTerms({"bosnia": 12, "vanuatu": 3, "basin": 5})
        >>> spelt("Bosiniya"), spelt("Vanuwatu"), spelt("Burundi"), spelt("บอสเนีย")
        ({'bosnia': 1.0}, {'vanuatu': 1.0}, {}, {'bosnia': 1.0})
    """

    def __init__(self, frequencies: Mapping[str, int]):
        self.frequencies = frequencies
        self._with_consonants: dict[int, dict[str, list[str]]] = {}
        self._likeness: dict[str, float] = {}

    def __call__(self, word: str) -> WordTerms:
        """The terms that may be another spelling of a word.

        Args:
            word: A word of any script.

        Returns:
            Terms with weights that add up to 1; none when nothing is spelt like the word.
        """
        similar = self._similar(word)
        if not similar:
            return {}
        best = max(similar.values())
        weights = {
            term: math.exp(_SHARPNESS * (ratio - best)) * max(self.frequencies[term], 1)
            for term, ratio in similar.items()
        }
        total = sum(weights.values())
        # Among very many none may have such a share.
        kept = {term: weight for term, weight in weights.items() if weight >= _LEAST_WEIGHT * total} or weights
        return scaled(kept, 1 / sum(kept.values()))

    def likeness(self, word: str) -> float:
        """How much the term that is spelt most like a word is like it, from 0 (nothing is) to 1."""
        if word not in self._likeness:
            self._likeness[word] = max(self._similar(word).values(), default=0.0)
        return self._likeness[word]

    def _similar(self, word: str) -> dict[str, float]:
        vowelless = leaves_vowels_out(word)
        similar: dict[str, float] = {}
        for ear in range(EARS if vowelless else 1):
            for term, ratio in self._heard(word, ear, vowelless):
                similar[term] = max(ratio, similar.get(term, 0.0))
            if ear == 0 and similar:
                break
        return similar

    def _heard(self, word: str, ear: int, vowelless: bool) -> Iterator[tuple[str, float]]:
        key, spelt = consonants(word, ear), sound(word, ear)
        number = len(key.lstrip("*"))
        if number < _FEWEST_CONSONANTS + (ear > 0) or len(spelt) < _FEWEST_LETTERS - vowelless:
            return
        for term in self._terms_with_consonants(ear).get(key, ()):
            other = sound(term, ear)
            matching = SequenceMatcher(None, spelt, other, autojunk=False).get_matching_blocks()
            common = sum(block.size for block in matching)
            ratio, covered = 2 * common / (len(spelt) + len(other)), common / len(spelt)
            if not vowelless:
                alike = ratio >= _LEAST_SIMILAR.get(number, _LEAST_SIMILAR_LONGER)
            else:
                alike = covered >= _LEAST_COVERED.get(number, _LEAST_COVERED_LONGER)
                alike = alike and common >= _LEAST_WRITTEN * len(other)
                ratio = (ratio + covered) / 2
            if alike:
                yield term, ratio - _HALF_HEARD * (ear > 0)

    def _terms_with_consonants(self, ear: int) -> dict[str, list[str]]:
        if ear not in self._with_consonants:
            terms = defaultdict(list)
            for term in self.frequencies:
                if len(term) >= _FEWEST_LETTERS and (key := consonants(term, ear)):
                    terms[key].append(term)
            self._with_consonants[ear] = terms
        return self._with_consonants[ear]
