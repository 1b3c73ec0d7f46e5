"""Index terms that are part of a word: names keep their letters when a language adds a prefix or an ending to them."""

import re
from collections.abc import Container

from pyterrier_optical.tokenise import fold

# Zulu, Xhosa, Kinyarwanda and others write 'uJohn', 'eNorthern', 'waseNingizimu'.
_CAPITAL_WITHIN = re.compile(r"(?<=[^\W\d_])(?<![A-ZÀ-Ý])(?=[A-ZÀ-Ý])")
_FEWEST_LETTERS = 4
_LEAST_SHARE = 0.6


def term_within(word: str, terms: Container[str]) -> str | None:
    """The index term that a prefixed or inflected name contains.

    It is what follows a capital letter inside the word, or else the longest term of at least four letters that
    the word begins or ends with and that makes up six tenths of it.

    Args:
        word: A word as it was typed.
        terms: The terms of an index.

    Returns:
        The term, or None.

    Example:
        >>> term_within("uJohn", {"john"}), term_within("Nepali", {"nepal"}), term_within("Nepali", {"pal"})
        ('john', 'nepal', None)
    """
    return after_capital(word, terms) or _at_an_end(fold(word), terms)


def after_capital(word: str, terms: Container[str]) -> str | None:
    """The index term that begins with the first capital letter inside the word, or None."""
    capital = _CAPITAL_WITHIN.search(word)
    name = fold(word[capital.start() :]) if capital else ""
    return name if len(name) > 1 and name in terms else None


def _at_an_end(word: str, terms: Container[str]) -> str | None:
    fewest = max(_FEWEST_LETTERS, -int(-_LEAST_SHARE * len(word) // 1))
    for length in range(len(word) - 1, fewest - 1, -1):
        for part in (word[:length], word[-length:]):
            if part in terms:
                return part
    return None
