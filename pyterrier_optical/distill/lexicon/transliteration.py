"""Learning how a script writes names, from pairs of names and their letters."""

from collections import Counter
from collections.abc import Iterable, Iterator

import pyterrier as pt

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.lexicon.transliteration import LONGEST_NAMED, LONGEST_WRITTEN, Transliteration, as_heard
from pyterrier_optical.script.tokenise import fold, is_one_spaceless_run

_ROUNDS = 8
# The first round knows nothing: a group is the less likely the longer it is, and one that has a side alone rarer still.
_FIRST_LETTER, _FIRST_SILENT = 0.02, 0.002
# Fewer groups say more: each loses a little of what it was seen, and one that was hardly seen goes.
_DISCOUNT, _LEAST_SEEN = 0.05, 0.1
_LEAST_SHARE = 1e-6


def learn_transliteration(pairs: Iterable[tuple[str, str]]) -> Transliteration:
    """Learns the groups of letters that stand for each other, by expectation maximisation over all ways to make pairs.

    Args:
        pairs: Names in Latin letters and as the script writes them. Those of several words, with other characters than
            ASCII letters, or of a script with spaces are passed over.

    Returns:
        A `Transliteration`.

    Raises:
        OpticalError: No pair is left.

    Example:
        >>> model = learn_transliteration([("coma", "โคมา"), ("toga", "โทกา"), ("comet", "โคเมต")])
        >>> model.log_probability(as_heard("โทมา"), "toma") > model.log_probability(as_heard("โทมา"), "coma")
        True
    """
    usable = [
        (as_heard(letters), fold(name))
        for name, letters in pairs
        if name.isascii() and name.isalpha() and is_one_spaceless_run(letters)
    ]
    if not usable:
        raise OpticalError(
            "No transliteration is left to learn from: give pairs of a name in ASCII letters and the same name in a "
            "script without spaces, such as 'coma<TAB>โคมา'."
        )
    groups: dict[tuple[str, str], float] | None = None
    for _ in pt.tqdm(range(_ROUNDS), desc="Learning how names are written", unit="round"):
        seen: Counter = Counter()
        for letters, name in usable:
            seen.update(_expected(letters, name, groups))
        seen = Counter({group: count - _DISCOUNT for group, count in seen.items() if count > _LEAST_SEEN})
        # A pair ends after its last group, which takes a share of the probability too.
        total = seen.total() + len(usable)
        groups = {group: count / total for group, count in seen.items()}
    return Transliteration(groups)


def _expected(letters: str, name: str, groups: dict[tuple[str, str], float] | None) -> dict[tuple[str, str], float]:
    """How often a pair is expected to be made with each group (Baum and Welch's forward and backward sums)."""
    forward = [[0.0] * (len(name) + 1) for _ in range(len(letters) + 1)]
    forward[0][0] = 1.0
    steps = []
    for i in range(len(letters) + 1):
        for j in range(len(name) + 1):
            for k, n in _ends(i, j, len(letters), len(name)) if forward[i][j] else ():
                group = letters[i:k], name[j:n]
                if probability := _first(*group) if groups is None else groups.get(group, 0.0):
                    forward[k][n] += forward[i][j] * probability
                    steps.append((i, j, k, n, probability))
    total = forward[-1][-1]
    backward = [[0.0] * (len(name) + 1) for _ in range(len(letters) + 1)]
    backward[-1][-1] = 1.0
    expected: dict[tuple[str, str], float] = {}
    for i, j, k, n, probability in reversed(steps if total else ()):
        after = probability * backward[k][n]
        backward[i][j] += after
        share = forward[i][j] * after / total
        if share > _LEAST_SHARE:
            group = letters[i:k], name[j:n]
            expected[group] = expected.get(group, 0.0) + share
    return expected


def _ends(i: int, j: int, last_i: int, last_j: int) -> Iterator[tuple[int, int]]:
    """Where a group that begins at letter i and at letter j of the name may end; one with a side alone is a letter."""
    for k in range(i, min(i + LONGEST_WRITTEN, last_i) + 1):
        for n in range(j, min(j + LONGEST_NAMED, last_j) + 1):
            written, named = k - i, n - j
            if (written and named) or written + named == 1:
                yield k, n


def _first(written: str, named: str) -> float:
    return _FIRST_LETTER ** (len(written) + len(named)) if written and named else _FIRST_SILENT
