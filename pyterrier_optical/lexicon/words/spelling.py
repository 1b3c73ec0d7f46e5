"""Index terms that are spelt like a word: names and loanwords as other languages and scripts write them."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from pyterrier_optical.lexicon.sound import TOLERANCES, consonants, needs_tolerance, phonetic_key
from pyterrier_optical.lexicon.words.weighting import WordTerms, scaled

# Chosen on AfriQA dev, and those for scripts that need tolerance on the Thai queries of MTOP dev, when names in Thai
# letters were still looked for.
_FEWEST_LETTERS = 4
_FEWEST_CONSONANTS = 2
# Least likeness by the number of consonants: with two, more of the other letters must agree.
_LEAST_SIMILAR = {2: 0.84}
_LEAST_SIMILAR_LONGER = 0.75
# In scripts that need tolerance: the share of the word's letters that the term has, and the share of the term's.
_LEAST_COVERED = {2: 0.9}
_LEAST_COVERED_LONGER = 0.75
_LEAST_WRITTEN = 0.5
# Subtracted from the likeness at a tolerance above 0.
_TOLERANCE_COST = 0.05
# P(word | term) falls to a seventh with every tenth of similarity.
_SHARPNESS = 20.0
_LEAST_WEIGHT = 0.02


class SpeltTerms:
    """Finds the terms of an index that are spelt like a word.

    A term has the word's consonants, and enough of its other letters. Scripts that leave vowels out, or write
    voiced and voiceless consonants alike, are compared with more tolerance. Among several terms, Bayes' rule decides as
    in spelling correction (Kernighan, Church and Gale 1990): P(term | word) is proportional to P(word | term), which
    falls with the dissimilarity of the spellings, and to the term's frequency.

    Args:
        frequencies: Terms and the number of documents that each is in.

    Example:
        >>> spelt = SpeltTerms({"bosnia": 12, "vanuatu": 3, "basin": 5})
        >>> spelt("Bosiniya"), spelt("Vanuwatu"), spelt("Burundi"), spelt("बोस्निया")
        ({'bosnia': 1.0}, {'vanuatu': 1.0}, {}, {'bosnia': 1.0})
    """

    def __init__(self, frequencies: Mapping[str, int]):
        self.frequencies = frequencies
        self._by_consonants: dict[int, dict[str, dict[str, list[str]]]] = {}

    def __call__(self, word: str) -> WordTerms:
        """The terms that may be another spelling of a word.

        Args:
            word: A word of any script.

        Returns:
            Terms with weights that add up to 1; none when nothing is spelt like the word.
        """
        similar = self.similar(word)
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

    def similar(self, word: str) -> dict[str, float]:
        """The terms that are spelt like a word of any script, and how much each is like it, above 0 and up to 1."""
        lenient = needs_tolerance(word)
        similar: dict[str, float] = {}
        for tolerance in range(TOLERANCES if lenient else 1):
            for term, ratio in self._alike(word, tolerance, lenient):
                similar[term] = max(ratio, similar.get(term, 0.0))
            if tolerance == 0 and similar:
                break
        return similar

    def _alike(self, word: str, tolerance: int, lenient: bool) -> Iterator[tuple[str, float]]:
        key, spelt = consonants(word, tolerance), phonetic_key(word, tolerance)
        number = len(key.lstrip("*"))
        if number < _FEWEST_CONSONANTS + (tolerance > 0) or len(spelt) < _FEWEST_LETTERS - lenient:
            return
        lost = _TOLERANCE_COST * (tolerance > 0)
        for other, terms in self._by_phonetic_key(tolerance).get(key, {}).items():
            likeness = _lenient_likeness if lenient else _strict_likeness
            if ratio := likeness(spelt, other, number):
                yield from ((term, ratio - lost) for term in terms)

    def _by_phonetic_key(self, tolerance: int) -> dict[str, dict[str, list[str]]]:
        """Terms by their phonetic key, these by their consonants."""
        if tolerance not in self._by_consonants:
            found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
            for term in self.frequencies:
                if len(term) >= _FEWEST_LETTERS and (key := consonants(term, tolerance)):
                    found[key][phonetic_key(term, tolerance)].append(term)
            self._by_consonants[tolerance] = found
        return self._by_consonants[tolerance]


def _strict_likeness(spelt: str, other: str, number: int) -> float:
    """The ratio of common letters of two words with so many consonants; 0 if it is too low."""
    both, least = len(spelt) + len(other), _LEAST_SIMILAR.get(number, _LEAST_SIMILAR_LONGER)
    if 2 * min(len(spelt), len(other)) < least * both:
        return 0.0
    ratio = 2 * _common_letters(spelt, other) / both
    return ratio if ratio >= least else 0.0


def _lenient_likeness(spelt: str, other: str, number: int) -> float:
    """The same for a word that may lack vowels: the mean of the ratio and of the share of its letters."""
    least = _LEAST_COVERED.get(number, _LEAST_COVERED_LONGER)
    if len(other) < least * len(spelt) or len(spelt) < _LEAST_WRITTEN * len(other):
        return 0.0
    common = _common_letters(spelt, other)
    if common < least * len(spelt) or common < _LEAST_WRITTEN * len(other):
        return 0.0
    return (2 * common / (len(spelt) + len(other)) + common / len(spelt)) / 2


def _common_letters(left: str, right: str) -> int:
    matching = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return sum(block.size for block in matching)
