"""Retrieval by MaxSim from a token index, whether it is in memory or on disk."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import checked_queries
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.late.limits import check_positive
from pyterrier_optical.query.gloss import GLOSS_SHARE, GlossReader, check_gloss

Found = tuple[np.ndarray, np.ndarray]


@dataclass(eq=False, repr=False)
class TokenRetriever(GlossReader, ByArguments, GuardedMixing):
    """Retrieves by MaxSim between the token vectors of a query and those of the documents of an index.

    A subclass has ``tokens``, a `TokenIndex`, and ``encoders``, that of the queries first, and what `encode_queries`
    reads. The arguments are those of `pyterrier_optical.OpticalRetriever`.
    """

    _: KW_ONLY
    num_results: int = 1000
    exact_limit: int = 100_000
    candidates: int = 1000
    max_query_tokens: int | None = None
    normalize: bool = False
    verbose: bool = False
    gloss: float = GLOSS_SHARE
    lexicon: Any = None

    def __post_init__(self) -> None:
        check_gloss(self.gloss)
        check_positive("max_query_tokens", self.max_query_tokens)
        for name, least in {"num_results": 1, "candidates": 1, "exact_limit": 0}.items():
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < least:
                raise OpticalError(f"{name}={shown(value)} must be a whole number from {least}.")

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Retrieves documents.

        Args:
            inp: one row for each query, with ``qid`` and ``query``, and ``query_gloss`` where its glosses are to
                be read instead of the lexicon's.

        Returns:
            One row for each document found: the columns of its query, then ``docno``, ``score`` (float64, finite) and
            ``rank`` (0 is the best).

        Raises:
            pt.validate.InputValidationError: columns are missing.
            OpticalError: a row has no ``qid``, a ``qid`` has two queries, a query is no text, or two columns have one
                name; a model or an index cannot be loaded; the corpus is empty or a docno comes twice; with
                ``truncation="error"``, a text is too long.
        """
        inp = checked_queries(inp)
        pt.validate.query_frame(inp, extra_columns=["query"], context=self)
        found = self._found(inp) if len(inp) else []
        counts = [len(docnos) for docnos, _ in found]
        rows = np.repeat(np.arange(len(inp)), counts)
        out = inp.drop(columns=["score", "rank"], errors="ignore").iloc[rows].reset_index(drop=True)
        docnos = np.concatenate([np.empty(0, object), *(docnos for docnos, _ in found)])
        scores = np.concatenate([np.zeros(0), *(scores for _, scores in found)])
        ranks = np.concatenate([np.zeros(0, np.int64), *map(np.arange, counts)]) + pt.model.FIRST_RANK
        return out.assign(docno=pd.Series(docnos, dtype=str), score=scores, rank=ranks)

    def _found(self, inp: pd.DataFrame) -> list[Found]:
        """Docnos and scores for each row, best first."""
        from pyterrier_optical.query.encoding import encode_queries

        query_index, queries = encode_queries(self, self.encoders[0], inp)
        found = self._search(queries)
        for number, total in enumerate(queries.totals.tolist()):
            docnos, scores = found[number]
            if not total:  # every document would get the floor
                found[number] = docnos[:0], scores[:0]
            elif self.normalize:
                found[number] = docnos, scores / total
        return [found[number] for number in query_index.tolist()]

    def _search(self, queries) -> list[Found]:
        """Docnos and scores for each query, best first."""
        from pyterrier_optical.late.index.search import search_all, search_candidates

        index = self.tokens
        if len(index) <= self.exact_limit:
            found = search_all(queries, index, self.num_results, verbose=self.verbose)
        else:
            found = search_candidates(queries, index, self.num_results, self.candidates, verbose=self.verbose)
        return [(index.docnos[positions], scores) for positions, scores in found]

    def fuse_rank_cutoff(self, k: int) -> "TokenRetriever":
        """The same retriever with at most ``k`` results; PyTerrier asks for it to compile ``retriever % k``."""
        if k >= self.num_results:
            return self
        return pt.inspect.transformer_apply_attributes(self, num_results=k)
