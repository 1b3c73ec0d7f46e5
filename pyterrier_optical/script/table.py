"""Which scripts are written without spaces between words. Names are those of the Unicode property Script."""

from collections.abc import Collection, Iterable

import numpy as np
import regex

SOUTH_EAST_ASIAN = ("Thai", "Lao", "Khmer", "Myanmar", "Tai_Tham", "Tai_Le", "New_Tai_Lue")
IDEOGRAPHIC = ("Han", "Hiragana", "Katakana", "Bopomofo")


def char_class(scripts: Iterable[str]) -> str:
    r"""The inside of a character class for some scripts, as ``regex`` and Oniguruma read it.

    Example:
        >>> char_class(("Thai", "Lao"))
        '\\p{Thai}\\p{Lao}'
    """
    return "".join(rf"\p{{{script}}}" for script in scripts)


def which_have(words: Collection[str], characters: regex.Pattern) -> np.ndarray:
    """Which of many words have a character of some kind, found in all of them at once.

    Args:
        words: Words without line breaks.
        characters: Matches one character.

    Returns:
        (n_words,) bool.

    Example:
        >>> which_have(["rice", "ข้าว", ""], regex.compile(r"\\p{Thai}")).tolist()
        [False, True, False]
    """
    if not len(words):
        return np.zeros(0, bool)
    codes = np.frombuffer("".join(f"{word}\n" for word in words).encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.bincount(codes)
    of_kind = np.zeros(len(counts), bool)
    of_kind[[code for code in np.flatnonzero(counts).tolist() if characters.match(chr(code))]] = True
    of_kind[ord("\n")] = False
    starts = np.flatnonzero(codes[:-1] == ord("\n")) + 1
    return np.logical_or.reduceat(of_kind[codes], np.concatenate([[0], starts]))
