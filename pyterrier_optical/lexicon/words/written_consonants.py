"""Which consonants a script writes a name with: by these the terms are found that letters may be a name for."""

import re
from collections.abc import Mapping
from functools import lru_cache

from pyterrier_optical.lexicon.sound import consonants
from pyterrier_optical.lexicon.transliteration import LONGEST_NAMED, Transliteration

# How many ways to write a name are kept, and of each of its beginnings.
_MOST_WAYS = 8
# What is less likely than this share of the likeliest is not looked for: of a name's ways, and of those of a group.
_LEAST_SHARE = 0.01
_TWICE = re.compile(r"(.)\1+")


class WrittenConsonants:
    """The consonants of letters, and those that a name is likely written with.

    A name's own consonants are not these: a script leaves out what is silent, and writes others for what it has no
    letter for. Its transliteration knows both. P(consonants | name) is proportional to the sum over the ways to make
    the name of groups of letters, whose other sides have these consonants; groups that name nothing are left out.

    Args:
        transliteration: How the script writes names.

    Example:
        >>> letters = {("ว", "v"): 0.3, ("บ", "v"): 0.1, ("e", "e"): 0.3, ("ร์", "rs"): 0.2, ("น", "n"): 0.1}
        >>> written = WrittenConsonants(Transliteration(letters))
        >>> written.of_name("nevers"), written.of_letters("นeบeร์")
        (['nr', 'npr'], 'npr')
    """

    def __init__(self, transliteration: Transliteration):
        by_named: dict[str, dict[str, float]] = {}
        for (written, named), probability in transliteration.groups.items():
            if named:
                ways = by_named.setdefault(named, {})
                of_group = self.of_letters(written)
                ways[of_group] = ways.get(of_group, 0.0) + probability
        self._by_named = {named: _likely(ways) for named, ways in by_named.items()}
        self._of_beginning = lru_cache(maxsize=1 << 12)(self._likely_of_beginning)

    def of_letters(self, letters: str) -> str:
        """The consonants of letters, as they are heard; empty where there are none."""
        return _TWICE.sub(r"\1", "".join(map(_consonant, letters)))

    def of_name(self, name: str) -> list[str]:
        """The consonants that a name is likely written with, the likeliest first; none where no group names a letter.

        Names that begin alike are quickest in the order of the alphabet.

        Args:
            name: In small ASCII letters.
        """
        return list(self._of_beginning(name))

    def _likely_of_beginning(self, beginning: str) -> dict[str, float]:
        if not beginning:
            return {"": 1.0}
        ways: dict[str, float] = {}
        for length in range(1, min(LONGEST_NAMED, len(beginning)) + 1):
            before = self._of_beginning(beginning[:-length])
            for added, probability in self._by_named.get(beginning[-length:], {}).items():
                for consonants_before, made in before.items():
                    twice = consonants_before[-1:] == added[:1]
                    whole = consonants_before + added[twice:]
                    ways[whole] = ways.get(whole, 0.0) + made * probability
        return _likely(ways)


def _likely(ways: Mapping[str, float]) -> dict[str, float]:
    """The likeliest ways, the likeliest first."""
    best = sorted(ways.items(), key=lambda way: -way[1])[:_MOST_WAYS]
    return {way: probability for way, probability in best if probability >= _LEAST_SHARE * best[0][1]}


@lru_cache(maxsize=1 << 10)
def _consonant(letter: str) -> str:
    return consonants(letter).lstrip("*")
