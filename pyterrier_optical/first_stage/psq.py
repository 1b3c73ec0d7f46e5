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
        scored = [self._word(word) for word in words]
        documents, places = np.unique(np.concatenate([found for found, _ in scored]), return_inverse=True)
        scores = np.bincount(places, np.concatenate([values for _, values in scored]))
        best = np.argsort(-scores, kind="stable")[:num_results]
        return pd.DataFrame(
            {"query": number, "docno": self._postings.docnos[documents[best]], "score": scores[best]}
        )

    def _word(self, word: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
        """The documents that any term of a word is in, and what the word adds to their scores."""
        times = sum(word.values())
        found, mixed = [], []
        for term, weight in word.items():
            documents, frequencies = self._postings[term]
            found.append(documents)
            mixed.append(frequencies * (weight / times))
        documents, places = np.unique(np.concatenate(found), return_inverse=True)
        tf = np.bincount(places, np.concatenate(mixed))
        df = sum(weight * self.terms[term] for term, weight in word.items()) / times
        # Where the idf is negative the engines let a term count next to nothing.
        idf = max(math.log2((self.num_docs - df + 0.5) / (df + 0.5)), 1e-5)
        return documents, times * idf * (self.k1 + 1) * tf / (tf + self._saturation[documents])
