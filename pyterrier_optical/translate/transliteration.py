"""How a script writes the names of another: which of its letters stand for which Latin ones, and how likely."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import regex

from pyterrier_optical.translate.sound import in_order_of_sound

#: Letters of the script that may stand for letters of a name at once, and letters of a name that they may stand for.
LONGEST_WRITTEN, LONGEST_NAMED = 2, 3
# What no pair has shown: that a letter of either side stands for nothing.
_UNSEEN = 1e-7
# Less likely is nothing: a product of floats of many letters would end at 0.
_LOWEST = -700.0
_SMALLEST = math.exp(_LOWEST)
_TONE_MARKS = regex.compile("[\u0e48-\u0e4b\u0ec8-\u0ecb]")

Groups = Mapping[tuple[str, str], float]


@lru_cache(maxsize=1 << 16)
def as_heard(letters: str) -> str:
    """Letters in the order of their sounds, without the marks of tones, which no name of another script has.

    Example:
        >>> as_heard("แท็กซี่")
        'ทแ็กซี'
    """
    return in_order_of_sound(_TONE_MARKS.sub("", letters))


class Transliteration:
    """P(letters | name): a joint model of groups of letters (Bisani and Ney 2008, a unigram of them).

    A pair of letters and name is made of groups, each of up to two letters of the script and up to three of the name,
    one of which may be none; its probability is the sum, over all ways to make it, of the product of the groups'. That
    of the name is the same sum over the groups' names alone.

    Args:
        groups: For pairs of letters (as :func:`as_heard` has them) and letters of a name their probability, as
            :func:`pyterrier_optical.distill.transliteration.learn_transliteration` learns them.

    Example:
        >>> model = Transliteration({("ท", "t"): 0.3, ("แ", "a"): 0.2, ("กซ", "x"): 0.2, ("ี", "i"): 0.3})
        >>> abs(round(model.log_probability(as_heard("แทกซี"), "taxi"), 3))
        0.0
        >>> model.log_probability(as_heard("แทกซี"), "city") < -20
        True
    """

    def __init__(self, groups: Groups):
        self.groups = dict(groups)
        self._by_written: dict[str, dict[str, float]] = {}
        self._named: dict[str, float] = {}
        for (written, named), probability in self.groups.items():
            self._by_written.setdefault(written, {})[named] = probability
            self._named[named] = self._named.get(named, 0.0) + probability
        self._silent = self._by_written.get("", {})
        # At a letter of a name a group may take none of its letters, or up to the longest.
        self._at_most = {
            written: sum(sorted(named.values())[-LONGEST_NAMED - 1 :]) + _UNSEEN
            for written, named in self._by_written.items()
        }
        self._letters = frozenset("".join(self._by_written))
        self._log_names: dict[str, float] = {}
        self._groups_of_names: dict[str, list[list[tuple[int, str]]]] = {}

    def writes(self, letters: str) -> bool:
        """Whether all letters, as heard, are known to be written for some letters of a name."""
        return self._letters.issuperset(letters)

    def log_probability(self, letters: str, name: str) -> float:
        """The log of P(letters | name).

        Args:
            letters: As :func:`as_heard` has them.
            name: In small ASCII letters.
        """
        return self.log_probabilities(letters, {name: -math.inf}).get(name, -math.inf)

    def log_probabilities(self, letters: str, least: Mapping[str, float]) -> dict[str, float]:
        """The logs of P(letters | name) for those of some names for which it is not too low.

        Args:
            letters: As :func:`as_heard` has them.
            least: The names, in small ASCII letters, and the least logarithm that is asked of each.
        """
        groups = [
            [self._by_written.get(written, {}) for written in _beginnings(letters[i:], LONGEST_WRITTEN)]
            for i in range(len(letters) + 1)
        ]
        still_to_come, found = self._still_to_come(letters), {}
        for name, asked in least.items():
            log_name = self._log_name(name)
            asked_of_pair = math.exp(max(asked + log_name, _LOWEST))
            joint = self._joint(groups, name, [asked_of_pair / ways for ways in still_to_come])
            if joint > 0 and (value := math.log(joint) - log_name) >= asked:
                found[name] = value
        return found

    def _still_to_come(self, letters: str) -> list[float]:
        """What all ways to go on from each letter to the end of a pair add up to at most, whatever the name."""
        ways = [0.0] * len(letters) + [1.0]
        for i in reversed(range(len(letters))):
            for k, written in enumerate(_beginnings(letters[i:], LONGEST_WRITTEN), i + 1):
                ways[i] += self._at_most.get(written, _UNSEEN) * ways[k]
        silent = (1 - self._at_most.get("", 0.0)) ** (len(letters) + 1)
        return [max(at_most / silent, _SMALLEST) for at_most in ways]

    def _joint(self, groups: Sequence[Sequence[Mapping[str, float]]], name: str, least: Sequence[float]) -> float:
        """The sum over all ways to make the pair, but those that are less likely than `least` at one of its letters."""
        size = len(name) + 1
        ways = [[0.0] * size for _ in groups]
        ways[0][0] = 1.0
        following, silent = self._following(name), self._silent
        for i, here in enumerate(ways):
            steps = list(enumerate(zip(ways[i + 1 :], groups[i], strict=False)))
            for j, made in enumerate(here):
                if made < least[i]:
                    continue
                if j + 1 < size:
                    here[j + 1] += made * silent.get(name[j], _UNSEEN)
                for longer, (there, named) in steps:
                    there[j] += made * named.get("", 0.0 if longer else _UNSEEN)
                    for k, group in following[j]:
                        if group in named:
                            there[k] += made * named[group]
            # A group of two letters leaves out the next row.
            if steps and max(here) < least[i] and max(ways[i + 1]) < least[i + 1]:
                return 0.0
        return ways[-1][-1]

    def _following(self, name: str) -> list[list[tuple[int, str]]]:
        """The groups that may begin at each letter of a name, with where each ends."""
        if name not in self._groups_of_names:
            self._groups_of_names[name] = [
                list(enumerate(_beginnings(name[j:], LONGEST_NAMED), j + 1)) for j in range(len(name) + 1)
            ]
        return self._groups_of_names[name]

    def _log_name(self, name: str) -> float:
        if name not in self._log_names:
            ways = [0.0] * (len(name) + 1)
            ways[0] = 1.0
            for j, following in enumerate(self._following(name)):
                ways[j] /= 1 - self._named.get("", 0.0)  # any number of groups that name nothing
                for k, group in following:
                    ways[k] += ways[j] * (self._named.get(group) or (_UNSEEN if len(group) == 1 else 0.0))
            self._log_names[name] = math.log(max(ways[-1], _SMALLEST))
        return self._log_names[name]


def _beginnings(letters: str, longest: int) -> list[str]:
    return [letters[:length] for length in range(1, min(longest, len(letters)) + 1)]
