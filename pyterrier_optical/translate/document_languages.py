"""Which of a lexicon's languages documents are written in, by the terms of their index."""

from itertools import islice

from pyterrier_optical.translate.index_terms import IndexTerms
from pyterrier_optical.translate.lexicon import Lexicon

# So many of a language's most frequent words are looked for, without what English has often too: 'die', 'in', 'man'.
_WORDS = 50
_ENGLISH_WORDS = 2000
# The share of the documents that a word of their language is in, on average. English ones have a thousandth or less
# of another language's words.
_LEAST_SHARE = 0.02
_LEAST_WORDS = 0.5


def document_languages(index: IndexTerms, lexicon: Lexicon) -> frozenset[str]:
    """The languages whose most frequent words many documents have.

    Args:
        index: The terms of the index. Where it does not know how frequent they are, it must have half of the words.
        lexicon: Has words and their counts.

    Returns:
        Codes of the lexicon's languages. English, which passes an index of English documents anyway, is not looked for.

    Example:
        >>> lexicon = Lexicon.from_entries({"sw": {"na": (9, {}), "ya": (8, {})}, "ha": {"da": (9, {})}})
        >>> document_languages(IndexTerms({"na": 70, "ya": 50, "da": 1}, num_docs=100), lexicon)
        frozenset({'sw'})
    """
    english = lexicon.languages.get("en")
    frequent_in_english = set(islice(english.rows, _ENGLISH_WORDS)) if english else set()
    found = set()
    for lang, table in lexicon.languages.items():
        if lang == "en":
            continue
        by_count = sorted(table.rows, key=lambda word: -table.counts[table.rows[word]])
        words = list(islice((word for word in by_count if word not in frequent_in_english), _WORDS))
        if not words:
            continue
        if index.num_docs:
            share = sum(index.frequencies.get(word, 0) for word in words) / index.num_docs / len(words)
            found |= {lang} if share >= _LEAST_SHARE else set()
        elif sum(word in index for word in words) >= _LEAST_WORDS * len(words):
            found.add(lang)
    return frozenset(found)
