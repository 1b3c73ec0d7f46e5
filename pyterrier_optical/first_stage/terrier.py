"""BM25 by Terrier, fed with our own words."""

import base64
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

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
        str(folder),
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
        self.folder, self.terms, self.num_docs, self.k1, self.b = folder, terms, num_docs, k1, b
        self._index = pt.terrier.TerrierIndex(str(folder))

    def search(self, queries: list[dict[str, float]], num_results: int) -> pd.DataFrame:
        """Ranks documents for weighted queries.

        Args:
            queries: Non-empty; every term is in the index and every weight positive.
            num_results: Most documents for one query.

        Returns:
            Columns ``query`` (position in ``queries``), ``docno``, ``score``, in rank order.
        """
        queries = [{term: self._discounted(term, weight) for term, weight in query.items()} for query in queries]
        # A huge k_3 makes scores linear in query weights, as in PISA; Terrier's 8 saturates them.
        controls = {"bm25.k_1": str(self.k1), "bm25.b": str(self.b), "bm25.k_3": "1e9"}
        retriever = pt.terrier.Retriever(self._index, wmodel="BM25", controls=controls, num_results=num_results)
        frame = pd.DataFrame({"qid": map(str, range(len(queries))), "query": map(self._matching_operators, queries)})
        found = retriever.transform(frame)
        query = found["qid"].astype(int)
        # Terrier divides the weights of a query by the largest one.
        largest = query.map(dict(enumerate(max(weights.values()) for weights in queries)))
        return pd.DataFrame({"query": query, "docno": found["docno"], "score": found["score"] * largest})

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
