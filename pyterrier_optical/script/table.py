"""Which scripts are written without spaces between words. Names are those of the Unicode property Script."""

from collections.abc import Iterable

SOUTH_EAST_ASIAN = ("Thai", "Lao", "Khmer", "Myanmar", "Tai_Tham", "Tai_Le", "New_Tai_Lue")
IDEOGRAPHIC = ("Han", "Hiragana", "Katakana", "Bopomofo")


def char_class(scripts: Iterable[str]) -> str:
    r"""The inside of a character class for some scripts, as ``regex`` and Oniguruma read it.

    Example:
        >>> char_class(("Thai", "Lao"))
        '\\p{Thai}\\p{Lao}'
    """
    return "".join(rf"\p{{{script}}}" for script in scripts)
