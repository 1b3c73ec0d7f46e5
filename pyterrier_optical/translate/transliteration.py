"""How a script writes the names of another: which of its letters stand for which Latin ones, and how likely."""

import math
from collections.abc import Mapping

import regex

from pyterrier_optical.translate.sound import in_order_of_sound

#: Letters of the script that may stand for letters of a name at once, and letters of a name that they may stand for.
LONGEST_WRITTEN, LONGEST_NAMED = 2, 3
# What no pair has shown: that a letter of either side stands for nothing.
_UNSEEN = 1e-7
_TONE_MARKS = regex.compile("[\u0e48-\u0e4b\u0ec8-\u0ecb]")

Groups = Mapping[tuple[str, str], float]


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
        self._letters = frozenset("".join(self._by_written))
        self._log_names: dict[str, float] = {}

    def writes(self, letters: str) -> bool:
        """Whether all letters, as heard, are known to be written for some letters of a name."""
        return self._letters.issuperset(letters)

    def log_probability(self, letters: str, name: str, least: float = -math.inf) -> float:
        """The log of P(letters | name).

        Args:
            letters: As :func:`as_heard` has them.
            name: In small ASCII letters.
            least: What is less likely need not be worked out.

        Returns:
            The logarithm; -inf for what is impossible, or less likely than `least`.
        """
        log_name = self._log_name(name)
        joint = self._joint(letters, name, math.exp(max(least + log_name, -700.0)))
        return math.log(joint) - log_name if joint > 0 else -math.inf

    def _joint(self, letters: str, name: str, least: float) -> float:
        """The sum over all ways to make the pair; 0 once each way begun is less likely than `least`."""
        ways = [[0.0] * (len(name) + 1) for _ in range(len(letters) + 1)]
        ways[0][0] = 1.0
        following = [_beginnings(name[j:], LONGEST_NAMED) for j in range(len(name) + 1)]
        for i, here in enumerate(ways):
            groups = [
                (ways[i + len(written)], self._by_written.get(written, {}))
                for written in _beginnings(letters[i:], LONGEST_WRITTEN)
            ]
            for j, made in enumerate(here):
                if made < least:
                    continue
                if j < len(name):
                    here[j + 1] += made * self._silent.get(name[j], _UNSEEN)
                for length, (there, named) in enumerate(groups, 1):
                    there[j] += made * named.get("", _UNSEEN if length == 1 else 0.0)
                    for k, group in enumerate(following[j], j + 1):
                        if probability := named.get(group):
                            there[k] += made * probability
            # A group of two letters leaves out the next row.
            if max(here) < least and (i == len(letters) or max(ways[i + 1]) < least):
                return 0.0
        return ways[-1][-1]

    def _log_name(self, name: str) -> float:
        if name not in self._log_names:
            ways = [0.0] * (len(name) + 1)
            ways[0] = 1.0
            for j in range(len(name) + 1):
                ways[j] /= 1 - self._named.get("", 0.0)  # any number of groups that name nothing
                for k, group in enumerate(_beginnings(name[j:], LONGEST_NAMED), j + 1):
                    ways[k] += ways[j] * (self._named.get(group) or (_UNSEEN if len(group) == 1 else 0.0))
            self._log_names[name] = math.log(ways[-1])
        return self._log_names[name]


def _beginnings(letters: str, longest: int) -> list[str]:
    return [letters[:length] for length in range(1, min(longest, len(letters)) + 1)]
