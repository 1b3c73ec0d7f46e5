"""What a user may give as the terms of a translator, read as `IndexTerms`."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import pyterrier as pt

from pyterrier_optical.datasets.folders import download_folder
from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.retrieve.bm25 import BM25Retriever
from pyterrier_optical.retrieve.bm25.own_index import WholeWords, is_own_index, read_own_index

#: What a user may give as the terms of a translator; a transformer is a retriever or an index of Terrier or PISA.
Terms: TypeAlias = BM25Retriever | pt.Transformer | Mapping[str, int] | Iterable[str]


def is_index(terms: Terms) -> bool:
    """Whether terms are those of an index, which a retriever or the index itself stands for."""
    return isinstance(terms, BM25Retriever) or is_own_index(terms)


def read_terms(terms: Terms, words: Callable[[], Iterable[str]] = tuple) -> IndexTerms:
    """Reads an index, a dict of terms and document frequencies, or terms alone.

    Args:
        terms: A BM25 retriever of this package, a retriever or an index of Terrier or PISA, a dict, or a list.
        words: Gives the words that may be looked for in an index of stems.
    """
    if isinstance(terms, BM25Retriever):
        return IndexTerms(terms.terms(), terms.num_docs, terms.info.lang, Path(terms.index_path))
    if is_own_index(terms):
        index = read_own_index(terms)
        frequencies = index.frequencies if index.term_of is None else WholeWords(index, words())
        return IndexTerms(frequencies, index.num_docs, folder=_own_folder(), term_of=index.term_of)
    return IndexTerms.of(terms)


def _own_folder() -> Path | None:
    """Where vectors of the terms of an index that others made are kept, in PyTerrier's home; None without a home."""
    try:
        return download_folder() / "term-vectors"
    except OSError:
        return None
