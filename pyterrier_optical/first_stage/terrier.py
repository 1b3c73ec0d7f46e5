"""BM25 by Terrier, fed with our own words."""

import base64
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.tokenise import MAX_WORD_LENGTH

# A term in half of the documents or more has no positive BM25 idf in Terrier: it would push relevant documents down.
# As in PISA it is given next to no weight instead, through a model whose idf is never negative.
_COMMON_WEIGHT = 1e-5
_COMMON_MODEL = ":wmodel=TF_IDF"

_failure: str | None = None


def why_not() -> str | None:
    """Why Terrier cannot be used here, or None when it can; starts the Java machine.

    The first start ever fetches Terrier's jar files (100 MB).
    """
    global _failure
    if pt.java.started() or _failure:
        return _failure
    if not (shutil.which("java") or os.environ.get("JAVA_HOME") or pt.java.configure["java_home"]):
        _failure = "no Java was found"
        return _failure
    try:
        pt.java.init()
    except (
        Exception
    ) as error:  # pyjnius, the resolver of the jars and PyTerrier raise all kinds, bare Exception among them
        _failure = f"Java or Terrier did not start ({type(error).__name__}: {str(error).splitlines()[0]:.100})"
    return _failure


def build(folder: Path, documents: Iterable[tuple[str, dict[str, int]]], docno_bytes: int) -> None:
    """Writes a Terrier index into an empty folder.

    Args:
        folder: Where to.
        documents: Pairs of docno and term frequencies.
        docno_bytes: Length of the longest docno in UTF-8; Terrier crops longer ones.
    """
    indexer = pt.terrier.IterDictIndexer(
        str(folder.absolute()),  # Terrier takes a relative path for one inside its own folder
        meta={"docno": docno_bytes},
        meta_reverse=[],
        pretokenised=True,
        properties={"max.term.length": str(MAX_WORD_LENGTH)},
    )
    indexer.index({"docno": docno, "toks": toks} for docno, toks in documents)


class Searcher:
    """Queries a Terrier index.

    Args:
        folder: The index.
        terms: Document frequency of each of its terms.
        num_docs: Number of its documents.
        k1: BM25's saturation of term frequencies.
        b: BM25's length normalisation.
    """

    def __init__(self, folder: Path, terms: Mapping[str, int], num_docs: int, k1: float, b: float):
        self.terms, self.num_docs = terms, num_docs
        # A huge k_3 makes scores linear in query weights, as in PISA; Terrier's 8 saturates them.
        controls = {"bm25.k_1": str(k1), "bm25.b": str(b), "bm25.k_3": "1e9"}
        self._retriever = pt.terrier.Retriever(
            pt.terrier.TerrierIndex(str(folder.absolute())), wmodel="BM25", controls=controls
        )

    def search(self, queries: list[dict[str, float]], num_results: int) -> pd.DataFrame:
        """Ranks documents for weighted queries.

        Args:
            queries: Non-empty; every term is in the index and every weight positive.
            num_results: Most documents for one query.

        Returns:
            Columns ``query`` (position in ``queries``), ``docno``, ``score``, in rank order.
        """
        queries = [{term: self._discounted(term, weight) for term, weight in query.items()} for query in queries]
        rankings = []
        for number, weights in enumerate(queries):
            scores, docnos = self._rank(self._matching_operators(weights), num_results)
            # Terrier divides the weights of a query by the largest one.
            scores = np.multiply(scores, max(weights.values()))
            rankings.append(pd.DataFrame({"query": number, "docno": docnos, "score": scores}))
        return pd.concat(rankings, ignore_index=True)

    def _rank(self, operators: str, num_results: int) -> tuple[list[float], list[str]]:
        # Not Retriever.transform: it asks Java for each result by itself, which takes most of the time.
        request = self._retriever.manager.newSearchRequest("query", operators)
        parsing = {"terrierql": "off", "parsecontrols": "off", "parseql": "off", "matchopql": "on"}
        controls = {**self._retriever.controls, **parsing, "decorate": "docno", "end": str(num_results - 1)}
        for name, value in controls.items():
            request.setControl(name, str(value))
        self._retriever.manager.runSearchRequest(request)
        found = pt.java.cast("org.terrier.querying.Request", request).getResultSet()
        size = found.getResultSize()
        return (found.getScores()[:size], found.getMetaItems("docno")[:size]) if size else ([], [])

    def _is_common(self, term: str) -> bool:
        return 2 * self.terms[term] >= self.num_docs

    def _discounted(self, term: str, weight: float) -> float:
        return weight * _COMMON_WEIGHT if self._is_common(term) else weight

    def _matching_operators(self, weights: dict[str, float]) -> str:
        # PyTerrier's own translation of query_toks knows one weighting model for all terms, and six decimals.
        largest = max(weights.values())
        return " ".join(self._operator(term, weight / largest) for term, weight in weights.items())

    def _operator(self, term: str, weight: float) -> str:
        encoded = base64.b64encode(term.encode()).decode()
        model = _COMMON_MODEL if self._is_common(term) else ""
        return f"#combine:0={weight:.9f}{model}(#base64({encoded}))"
