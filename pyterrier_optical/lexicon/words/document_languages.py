"""Which of a lexicon's languages documents are written in, by the terms of their index."""

from functools import lru_cache
from itertools import islice

import numpy as np

from pyterrier_optical.lexicon.language import LanguageTable
from pyterrier_optical.lexicon.table import Lexicon
from pyterrier_optical.lexicon.words.index_terms import IndexTerms

# Set by hand, not tuned: so many of a language's most frequent words are looked for, without what English has often
# too: 'die', 'in', 'man'.
_WORDS = 50
_ENGLISH_WORDS = 2000
# The share of the documents that a word of their language is in, on average. In English documents another language's
# words have a thousandth or less.
_LEAST_SHARE = 0.02
_LEAST_WORDS = 0.5


def document_languages(index: IndexTerms, lexicon: Lexicon) -> frozenset[str]:
    """The languages whose most frequent words many documents have.

    Args:
        index: The terms of the index. Where it does not know how frequent they are, it must have half of the words.
        lexicon: Has words and their counts; a language with fewer than 50 is hardly found.

    Returns:
        Codes of the lexicon's languages. English is not among them, and no language is without its counts in the
        lexicon, which tell shared words apart.

    Example:
        >>> lexicon = Lexicon.from_entries({"sw": {"na": (9, {}), "ya": (8, {})}, "ha": {"da": (9, {})}, "en": {}})
        >>> document_languages(IndexTerms({"na": 70, "ya": 50, "da": 1}, num_docs=100), lexicon)
        frozenset({'sw'})
    """
    found = set()
    for lang, words in _telling_words(lexicon).items():
        if index.num_docs:
            most = sum(index.frequencies.get(word, 0) for word in words) / index.num_docs >= _LEAST_SHARE * _WORDS
        else:
            most = sum(word in index for word in words) >= _LEAST_WORDS * _WORDS
        if most:
            found.add(lang)
    return frozenset(found)


@lru_cache(maxsize=4)
def _telling_words(lexicon: Lexicon) -> dict[str, list[str]]:
    """The most frequent words of each language but English; no language where there are no counts of English."""
    if "en" not in lexicon.languages:
        return {}
    english = set(_by_count(lexicon.languages["en"])[:_ENGLISH_WORDS])
    return {
        lang: list(islice((word for word in _by_count(table) if word not in english), _WORDS))
        for lang, table in lexicon.languages.items()
        if lang != "en"
    }


def _by_count(table: LanguageTable) -> list[str]:
    words = list(table.rows)
    return [words[row] for row in np.argsort(-table.counts, kind="stable").tolist()]
