"""How a script writes the names of another: which of its letters stand for which Latin ones, and how likely."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import regex

from pyterrier_optical.lexicon.sound import in_order_of_sound

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
            :func:`pyterrier_optical.distill.lexicon.transliteration.learn_transliteration` learns them.

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
        self._letters = frozenset("".join(self._by_written))
        self._ends_of_names: dict[str, list[float]] = {}
        self._groups_of_names: dict[str, list[list[tuple[int, str]]]] = {}

    def writes(self, letters: str) -> bool:
        """Whether any of the letters, as heard, is known to be written for some letters of a name."""
        return not self._letters.isdisjoint(letters)

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
        found = {}
        for name, asked in least.items():
            log_name = math.log(self._ends(name)[0])
            joint = self._joint(groups, name, math.exp(max(asked + log_name, _LOWEST)))
            if joint > 0 and (value := math.log(joint) - log_name) >= asked:
                found[name] = value
        return found

    def _joint(self, groups: Sequence[Sequence[Mapping[str, float]]], name: str, least: float) -> float:
        """The sum over all ways to make the pair, but those that cannot become as likely as is asked."""
        ends, following, silent = self._ends(name), self._following(name), self._silent
        last = len(name)
        ways: list[dict[int, float]] = [{} for _ in groups]
        ways[0][0] = 1.0
        for i, here in enumerate(ways):
            for j in range(min(here, default=last), last + 1):
                made = here.get(j, 0.0)
                # What follows is at most as likely as the end of the name is with any letters.
                if made * ends[j] < least:
                    continue
                if j < last:
                    here[j + 1] = here.get(j + 1, 0.0) + made * silent.get(name[j], _UNSEEN)
                for k, named in enumerate(groups[i], i + 1):
                    there = ways[k]
                    there[j] = there.get(j, 0.0) + made * named.get("", _UNSEEN if k == i + 1 else 0.0)
                    for end, group in following[j]:
                        if group in named:
                            there[end] = there.get(end, 0.0) + made * named[group]
        return ways[-1].get(last, 0.0)

    def _following(self, name: str) -> list[list[tuple[int, str]]]:
        """The groups that may begin at each letter of a name, with where each ends."""
        if name not in self._groups_of_names:
            self._groups_of_names[name] = [
                list(enumerate(_beginnings(name[j:], LONGEST_NAMED), j + 1)) for j in range(len(name) + 1)
            ]
        return self._groups_of_names[name]

    def _ends(self, name: str) -> list[float]:
        """The probability of what is left of a name from each letter on, with any letters of the script."""
        if name not in self._ends_of_names:
            ways, again = [0.0] * len(name) + [1.0], 1 / (1 - self._named.get("", 0.0))  # groups that name nothing
            for j, following in reversed(list(enumerate(self._following(name)))):
                for k, group in following:
                    ways[j] += ways[k] * (self._named.get(group) or (_UNSEEN if len(group) == 1 else 0.0))
                ways[j] = max(ways[j] * again, _SMALLEST)
            self._ends_of_names[name] = ways
        return self._ends_of_names[name]


def _beginnings(letters: str, longest: int) -> list[str]:
    return [letters[:length] for length in range(1, min(longest, len(letters)) + 1)]
