"""The BM25 retriever as a PyTerrier transformer."""

import math
import os
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from numbers import Integral, Real
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.files import restore
from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import checked_queries, texts_of
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.retrieve.bm25.opened import Found, OpenIndex, open_index
from pyterrier_optical.retrieve.bm25.store import IndexInfo
from pyterrier_optical.script import Variants
from pyterrier_optical.script.tokenise import TOKENISER_VERSION, words

# Queries handed to an engine at once: PISA reserves room for all results of all of them.
_BATCH = 256

# Relative to the largest weight of a query. PISA knows whole numbers of occurrences only.
_LEAST_WEIGHT = 1e-6
_LARGEST_WEIGHT = 1e100


@dataclass(eq=False, repr=False)
class BM25Retriever(ByArguments, GuardedMixing):
    """Retrieves from an index that :func:`bm25` built.

    A frame with ``query_toks`` (dicts of index term and weight, as :class:`OpticalTranslator` makes them) is searched
    for these terms; where that column is missing, the text in ``query`` is split by the tokeniser of the index, and a
    word that the index does not have stands for the terms that are other spellings of it, in proportion to their
    document frequencies (:func:`~pyterrier_optical.script.variant_key`). An engine's own query language never comes
    into play, so any text is a query. Terms that are not in the index, and weights that are not positive or less than a
    millionth of the query's largest, are passed over. A query that is left with no term has no results.

    Scores are BM25 (Robertson et al., TREC-3) with a binary logarithm, linear in the query weights, the same on both
    engines up to rounding. A term in more than half of the documents, whose idf would be negative, counts next to
    nothing.

    Args:
        index_path: The index folder.
        num_results: Most documents for one query.
        k1: Saturation of term frequencies.
        b: Length normalisation, from 0 (none) to 1.
        verbose: Show progress bars at once; otherwise one appears for work that takes over two seconds.

    Attributes:
        info: What the index was built from.

    Raises:
        OpticalError: No such index, or one of another version of its layout or of its words.

    Example:
        >>> retriever = BM25Retriever("my-index") % 10          # doctest: +SKIP
        >>> retriever.search("Who wrote 'Things Fall Apart'?")   # doctest: +SKIP
    """

    index_path: str | os.PathLike
    _: KW_ONLY
    num_results: int = 1000
    k1: float = 1.2
    b: float = 0.75
    verbose: bool = False

    def __post_init__(self) -> None:
        folder = Path(self.index_path).expanduser().absolute()
        restore(folder.resolve())
        info = IndexInfo.read(folder)
        if info is None:
            raise OpticalError(
                f"'{self.index_path}' is no index that this version can read, or a damaged one: build it with "
                "bm25(corpus, ...)."
            )
        if info.tokeniser_version != TOKENISER_VERSION:
            raise OpticalError(
                f"The index '{self.index_path}' has words as another release of this package splits and normalises "
                "them: build it again with bm25(corpus, ...)."
            )
        check_parameters(self.num_results, self.k1, self.b)
        self.index_path = str(folder)
        self.info = info
        self._index: OpenIndex | None = None

    @property
    def engine(self) -> str:
        """The search engine of the index: "terrier" or "pisa"."""
        return self.info.engine

    @property
    def num_docs(self) -> int:
        """The number of documents in the index."""
        return self.info.num_docs

    def terms(self) -> dict[str, int]:
        """The terms of the index with the number of documents each is in, most frequent first."""
        return dict(self._terms)

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Retrieves documents.

        Args:
            inp: One row for each query, with ``qid`` and ``query_toks`` or ``query``; where both are there,
                ``query_toks`` is used.

        Returns:
            One row for each document found: the columns of its query, then ``docno``, ``score`` and ``rank``.

        Raises:
            pt.validate.InputValidationError: Columns are missing.
            OpticalError: A row has no ``qid``, a ``qid`` has two queries, a query is no text, or two columns have one
                name; ``query_toks`` holds something else than dicts of finite numbers, or the index is not the one
                that it was when this retriever was made.
        """
        inp = checked_queries(inp)
        with pt.validate.any(inp, context=self) as mode:
            mode.query_frame(extra_columns=["query"])
            mode.query_frame(extra_columns=["query_toks"])
        if len(inp) and IndexInfo.read(Path(self.index_path)) != self.info:
            raise OpticalError(
                f"The index at '{self.index_path}' was replaced, damaged or removed after this retriever was made: "
                "make a new one with bm25(corpus, ...)."
            )
        queries = [self._known(query) for query in self._weights(inp)]
        rows = np.flatnonzero([len(query) > 0 for query in queries])
        found: list[Found] = []
        for start in progress(range(0, len(rows), _BATCH), desc=f"BM25 ({self.engine})", verbose=self.verbose):
            batch = rows[start : start + _BATCH]
            # Not before there is a query: an engine cannot open an index without a term.
            searcher = self._opened.searcher(self.k1, self.b)
            numbers, docnos, scores = searcher.search(
                [queries[row] for row in batch], min(self.num_results, self.num_docs)
            )
            found.append((batch[numbers], docnos, scores))
        nothing = (np.zeros(0, int), np.zeros(0, str), np.zeros(0))
        places, docnos, scores = (np.concatenate(arrays) for arrays in zip(*(found or [nothing]), strict=True))
        # One frame made at once: each column that is added to one takes as long as a search.
        kept = {name: inp[name].array.take(places) for name in inp.columns if name not in ("score", "rank")}
        # The rows of a query lie side by side, best first, and the queries are in order.
        ranks = np.arange(len(places)) - np.searchsorted(places, places) + pt.model.FIRST_RANK
        return pd.DataFrame({**kept, "docno": docnos, "score": scores.astype(float), "rank": ranks})

    def fuse_rank_cutoff(self, k: int) -> "BM25Retriever":
        """The same retriever with at most ``k`` results; PyTerrier asks for it to compile ``retriever % k``."""
        if k >= self.num_results:
            return self
        return pt.inspect.transformer_apply_attributes(self, num_results=k)

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": "BM25", "help_url": "https://pyterrier.readthedocs.io/en/latest/terrier-retrieval.html"}

    @property
    def _terms(self) -> dict[str, int]:
        return self._opened.terms

    @property
    def _opened(self) -> OpenIndex:
        if self._index is None:
            self._index = open_index(Path(self.index_path), self.info)
        return self._index

    @cached_property
    def _spellings(self) -> Variants:
        return Variants(self._terms)

    def _weights(self, inp: pd.DataFrame) -> list[dict[str, float]]:
        if "query_toks" not in inp.columns:
            return [self._count(query) for query in texts_of(inp["query"])]
        for qid, toks in zip(inp["qid"], inp["query_toks"], strict=True):
            if not _is_bag(toks):
                raise OpticalError(
                    f"The query_toks of query {shown(qid, 60)} must be a dict of terms and finite weights: "
                    f"{shown(toks, 60)}."
                )
        return list(inp["query_toks"])

    def _count(self, query: str) -> dict[str, float]:
        weights: dict[str, float] = {}
        terms = self._terms
        for word in words(query, self.info.lang):
            spellings = self._spellings(word)
            documents = sum(terms[spelling] for spelling in spellings)
            for spelling in spellings:
                weights[spelling] = weights.get(spelling, 0) + terms[spelling] / documents
        return weights

    def _known(self, weights: dict[str, float]) -> dict[str, float]:
        terms = self._terms
        known = {str(term): float(weight) for term, weight in weights.items() if term in terms}
        least = max(_LEAST_WEIGHT * max(known.values(), default=0), 1 / _LARGEST_WEIGHT)
        return {term: weight for term, weight in known.items() if weight >= least}

    def _identity(self) -> tuple:
        return *super()._identity(), self.info

    def __getstate__(self) -> dict:
        """Without what a worker process must open for itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_spellings"} | {"_index": None}


def check_parameters(num_results: int, k1: float, b: float) -> None:
    """Refuses parameters by which no documents can be ranked.

    Raises:
        OpticalError: One of them is out of its range.
    """
    if not isinstance(num_results, Integral) or num_results < 1:
        raise OpticalError(f"num_results={shown(num_results)} must be a whole number from 1.")
    if not (isinstance(k1, Real) and isinstance(b, Real) and 0 <= k1 < math.inf and 0 <= b <= 1):
        raise OpticalError(f"k1={shown(k1, 60)} must be a number from 0, and b={shown(b, 60)} one between 0 and 1.")


def _is_bag(value) -> bool:
    return isinstance(value, dict) and all(map(_is_weight, value.values()))


def _is_weight(value) -> bool:
    return isinstance(value, Real) and abs(float(value)) < _LARGEST_WEIGHT
