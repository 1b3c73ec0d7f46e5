"""Index terms that are part of a word: names keep their letters when a language adds a prefix or an ending to them."""

import math
from collections.abc import Container

import regex

from pyterrier_optical.script.tokenise import fold

# Zulu, Xhosa, Swati and others write 'uJohn', 'eNorthern', 'waseNingizimu'.
_CAPITAL_WITHIN = regex.compile(r"(?<=[\p{L}\p{M}--\p{Lu}])(?=\p{Lu})", regex.V1)
# Chosen with the first stage, on AfriQA dev.
_FEWEST_LETTERS = 4
_LEAST_SHARE = 0.6


def from_capital(word: str) -> str:
    """What follows the prefix of a word with a capital letter inside, with that letter; empty for other words.

    Example:
        >>> from_capital("eSomaliland"), from_capital("Somaliland")
        ('Somaliland', '')
    """
    capital = _CAPITAL_WITHIN.search(word)
    return word[capital.start() :] if capital else ""


def after_capital(word: str, terms: Container[str]) -> str | None:
    """The index term that begins with the first capital letter inside a word.

    Args:
        word: A word as it was typed.
        terms: The terms of an index.

    Returns:
        The term, or None.

    Example:
        >>> after_capital("uJohn", {"john"}), after_capital("John", {"john"})
        ('john', None)
    """
    name = fold(from_capital(word))
    return name if len(name) > 1 and name in terms else None


def at_an_end(word: str, terms: Container[str]) -> str | None:
    """The longest index term that a word begins or ends with.

    It has at least four letters, and makes up at least six tenths of the word.

    Args:
        word: A word as it was typed.
        terms: The terms of an index.

    Returns:
        The term, or None.

    Example:
        >>> at_an_end("Nepali", {"nepal"}), at_an_end("Nepali", {"pal"})
        ('nepal', None)
    """
    word = fold(word)
    fewest = max(_FEWEST_LETTERS, math.ceil(_LEAST_SHARE * len(word)))
    for length in range(len(word) - 1, fewest - 1, -1):
        for part in (word[:length], word[-length:]):
            if part in terms:
                return part
    return None
