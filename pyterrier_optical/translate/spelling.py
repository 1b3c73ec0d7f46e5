"""Index terms that are spelt like a word: names and loanwords as other languages and scripts write them."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from anyascii import anyascii

from pyterrier_optical.translate.weighting import WordTerms, scaled

# One letter for what languages write in several ways: Kamerun and Cameroon, jenoside and genocide.
_SOUNDS = [
    (re.compile(pattern), letter)
    for pattern, letter in (
        ("[^a-z0-9]", ""),
        ("ph", "f"),
        ("ck|qu|q", "k"),
        ("x", "ks"),
        ("c(?=[eiy])|z|t(?=ion)", "s"),
        ("ch?", "k"),
        ("j", "g"),
        ("(?<=[bdgkpstr])h", ""),
        ("^w", "v"),
        ("m(?=[^aeiouym])", "n"),
        (r"(.)\1+", r"\1"),
    )
]
_DROPPED = re.compile("[aeiouywh]")
_FEWEST_LETTERS = 4
_FEWEST_CONSONANTS = 2
# Of two consonants, more must agree besides them.
_LEAST_SIMILAR = {2: 0.84}
_LEAST_SIMILAR_LONGER = 0.75
# P(word | term) falls to a seventh with every tenth of similarity.
_SHARPNESS = 20.0
_LEAST_WEIGHT = 0.02


@lru_cache(maxsize=1 << 18)
def sound(word: str) -> str:
    """A word in ASCII, with one letter for what languages write in several ways.

    Args:
        word: A word of any script.

    Example:
        >>> sound("Kameruni"), sound("Cameroon"), sound("डेनवर")
        ('kameruni', 'kameron', 'denvr')
    """
    spelt = anyascii(word).lower()
    for pattern, letter in _SOUNDS:
        spelt = pattern.sub(letter, spelt)
    return spelt


def consonants(word: str) -> str:
    """What a word keeps of itself in most spellings: its consonants, after a * if it begins with a vowel.

    Languages of open syllables put vowels between the consonants of a name and after the last ('Bosiniya'), and some
    scripts leave vowels out. Empty for a word with digits.

    Args:
        word: A word of any script.

    Example:
        >>> consonants("Bosiniya"), consonants("Bosnia"), consonants("अमेरिका")
        ('bsn', 'bsn', '*mrk')
    """
    spelt = sound(word)
    if not spelt or any(letter.isdigit() for letter in spelt):
        return ""
    kept = re.sub(r"(.)\1+", r"\1", _DROPPED.sub("", spelt))
    return ("*" if spelt[0] in "aeiou" else "") + kept


class SpeltTerms:
    """Finds the terms of an index that are spelt like a word.

    A term has the word's consonants, and enough of its other letters. Among several, Bayes' rule decides as in spelling
    correction (Kernighan, Church and Gale 1990): P(term | word) is proportional to P(word | term), which falls with the
    dissimilarity of the spellings, and to the term's frequency.

    Args:
        frequencies: Terms and the number of documents that each is in.

    Example:
        >>> spelt = SpeltTerms({"bosnia": 12, "vanuatu": 3, "basin": 5})
        >>> spelt("Bosiniya"), spelt("Vanuwatu"), spelt("Burundi")
        ({'bosnia': 1.0}, {'vanuatu': 1.0}, {})
    """

    def __init__(self, frequencies: Mapping[str, int]):
        self.frequencies = frequencies
        self._with_consonants: dict[str, list[str]] = defaultdict(list)
        for term in frequencies:
            if len(term) >= _FEWEST_LETTERS and (key := consonants(term)):
                self._with_consonants[key].append(term)

    def __call__(self, word: str) -> WordTerms:
        """The terms that may be another spelling of a word.

        Args:
            word: A word of any script.

        Returns:
            Terms with weights that add up to 1; none when nothing is spelt like the word.
        """
        key, spelt = consonants(word), sound(word)
        number = len(key.lstrip("*"))
        if number < _FEWEST_CONSONANTS or len(spelt) < _FEWEST_LETTERS:
            return {}
        least = _LEAST_SIMILAR.get(number, _LEAST_SIMILAR_LONGER)
        similar = {
            term: ratio
            for term in self._with_consonants.get(key, ())
            if (ratio := SequenceMatcher(None, spelt, sound(term), autojunk=False).ratio()) >= least
        }
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
