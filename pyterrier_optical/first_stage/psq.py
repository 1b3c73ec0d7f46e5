"""BM25 for probabilistic structured queries: term and document frequencies mixed over the translations of a word."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pyterrier_optical.first_stage.postings import Postings


class StructuredSearcher:
    """Ranks documents for queries whose words are distributions over terms.

    For a word w with translations t (Darwish and Oard 2003, eqs. 3 and 4):

        tf(w, d) = sum over t of p(t | w) tf(t, d),    df(w) = sum over t of p(t | w) df(t),

    and BM25 is computed of these, as if w itself were a term. The weights of a word add up to how often it counts.

    Args:
        folder: The index.
        terms: Document frequency of each of its terms.
        num_docs: Number of its documents.
        k1: Saturation of term frequencies.
        b: Length normalisation.
    """

    def __init__(self, folder: Path, terms: Mapping[str, int], num_docs: int, k1: float, b: float):
        self.terms, self.num_docs, self.k1 = terms, num_docs, k1
        self._postings = Postings(folder, terms)
        lengths = self._postings.lengths
        self._saturation = k1 * (1 - b + b * lengths / max(lengths.mean(), 1e-9))

    def search(self, queries: Sequence[Sequence[Mapping[str, float]]], num_results: int) -> pd.DataFrame:
        """Ranks documents.

        Args:
            queries: For each query its words, each a non-empty dict of index terms and positive weights.
            num_results: Most documents for one query.

        Returns:
            Columns ``query`` (position in ``queries``), ``docno``, ``score``, in rank order.
        """
        rankings = [self._rank(number, words, num_results) for number, words in enumerate(queries)]
        return pd.concat(rankings, ignore_index=True)

    def _rank(self, number: int, words: Sequence[Mapping[str, float]], num_results: int) -> pd.DataFrame:
        scores = np.zeros(self.num_docs)
        for word in words:
            self._add(scores, word)
        documents = _best(scores, num_results)
        return pd.DataFrame({"query": number, "docno": self._postings.docnos[documents], "score": scores[documents]})

    def _add(self, scores: np.ndarray, word: Mapping[str, float]) -> None:
        """Adds what one word gives to each document's score."""
        times = sum(word.values())
        tf = np.zeros(self.num_docs)
        for term, weight in word.items():
            documents, frequencies = self._postings[term]
            tf[documents] += frequencies * (weight / times)  # a document is in the postings of a term once
        df = sum(weight * self.terms[term] for term, weight in word.items()) / times
        # Where the idf is negative the engines let a term count next to nothing.
        idf = max(math.log2((self.num_docs - df + 0.5) / (df + 0.5)), 1e-5)
        found = np.flatnonzero(tf)
        tf = tf[found]
        scores[found] += times * idf * (self.k1 + 1) * tf / (tf + self._saturation[found])


def _best(scores: np.ndarray, count: int) -> np.ndarray:
    """Indices of the highest positive scores, best first; equal ones in the order of the index."""
    least = np.partition(scores, -count)[-count] if count < len(scores) else 0.0
    candidates = np.flatnonzero((scores >= least) & (scores > 0))
    return candidates[np.argsort(-scores[candidates], kind="stable")][:count]
