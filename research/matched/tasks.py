"""What a run is measured by: queries, documents, what is relevant, and a value for every query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyterrier as pt

from pyterrier_optical.retrieve.exhaustive import WITHOUT_TRANSLATION, ranking_measure


@dataclass(frozen=True)
class Task:
    """A ranking of all documents for every query.

    Attributes:
        name: Such as `mtop/hi/dev/split`, or `bitext/sw`.
        language: Of the queries.
        measure: "AP", "nDCG@10" or "RR".
        qids: Names of the queries.
        queries: Their texts.
        documents: The documents' texts.
        labels: (queries, documents) int8, 0 where not relevant.
        left_out: (queries, documents) bool, documents that are in no ranking; None: there are none.
    """

    name: str
    language: str
    measure: str
    qids: tuple[str, ...]
    queries: tuple[str, ...]
    documents: tuple[str, ...]
    labels: np.ndarray
    left_out: np.ndarray | None = None

    def values(self, scores: np.ndarray) -> np.ndarray:
        """The measure of each query, (queries,) float64, as trec_eval defines it; equal scores keep their order.

        Args:
            scores: (queries, documents).
        """
        if self.left_out is not None:
            scores = np.where(self.left_out, -np.inf, scores)
        order = np.argsort(-scores, axis=1, kind="stable")
        ranked = np.take_along_axis(self.labels, order, axis=1).astype(float)
        return MEASURES[self.measure](ranked)


def _average_precision(ranked: np.ndarray) -> np.ndarray:
    relevant = ranked > 0
    precision = relevant.cumsum(1) / np.arange(1, ranked.shape[1] + 1)
    return (precision * relevant).sum(1) / relevant.sum(1)


def _ndcg_at_10(ranked: np.ndarray) -> np.ndarray:
    discount = 1 / np.log2(np.arange(2, min(10, ranked.shape[1]) + 2))
    ideal = -np.sort(-ranked, axis=1)
    return (ranked[:, :10] * discount).sum(1) / (ideal[:, :10] * discount).sum(1)


def _reciprocal_rank(ranked: np.ndarray) -> np.ndarray:
    return 1 / ((ranked > 0).argmax(1) + 1)


MEASURES = {"AP": _average_precision, "nDCG@10": _ndcg_at_10, "RR": _reciprocal_rank}


def dataset_task(name: str) -> Task:
    """A data set of this package as a task.

    On MTOP a query's own translation is left out: finding it is what students are trained for. Queries without a
    relevant document are dropped.

    Args:
        name: Such as `optical:mtop/hi/dev/split`, with or without `optical:`.

    Raises:
        OpticalError: There is no such data set, or its data is not available.
    """
    name = name.removeprefix("optical:")
    dataset = pt.get_dataset(f"optical:{name}")
    topics, collection = dataset.get_topics(), dataset.collection
    translations = WITHOUT_TRANSLATION in collection.qrels_variants
    qrels = dataset.get_qrels(WITHOUT_TRANSLATION) if translations else dataset.get_qrels()
    documents = collection.documents
    rows = {qid: i for i, qid in enumerate(topics["qid"])}
    columns = {docno: i for i, docno in enumerate(documents["docno"])}
    labels = np.zeros((len(rows), len(columns)), dtype=np.int8)
    labels[qrels["qid"].map(rows), qrels["docno"].map(columns)] = qrels["label"].clip(lower=0)
    left_out = topics["qid"].to_numpy()[:, None] == documents["docno"].to_numpy()[None] if translations else None
    asked = (labels > 0).any(1)
    return Task(
        name,
        collection.query_lang,
        str(ranking_measure(dataset)),
        tuple(topics["qid"][asked]),
        tuple(topics["query"][asked]),
        tuple(documents["text"]),
        labels[asked],
        None if left_out is None else left_out[asked],
    )


def heldout_task(language: str, pairs: Sequence[tuple[str, str]]) -> Task:
    """Finding the English side of held-out pairs among all English sides of the language.

    It stands for ranking where a language has no judgments.
    """
    documents = tuple(dict.fromkeys(english for english, _ in pairs))
    column = {english: i for i, english in enumerate(documents)}
    labels = np.zeros((len(pairs), len(documents)), dtype=np.int8)
    labels[np.arange(len(pairs)), [column[english] for english, _ in pairs]] = 1
    qids = tuple(str(i) for i in range(len(pairs)))
    return Task(f"bitext/{language}", language, "RR", qids, tuple(x for _, x in pairs), documents, labels)


def all_tasks(datasets: Sequence[str], heldout: Mapping[str, Sequence[tuple[str, str]]]) -> list[Task]:
    """The tasks of a comparison, data sets first."""
    return [
        *(dataset_task(name) for name in datasets),
        *(heldout_task(language, pairs) for language, pairs in heldout.items() if pairs),
    ]
