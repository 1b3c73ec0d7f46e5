"""A data set of this package as a task for first stages: what is asked, what is relevant, and in what other words."""

import hashlib
from functools import cached_property

import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets.mtop import WithoutTranslation
from pyterrier_optical.retrieve.exhaustive import WITHOUT_TRANSLATION


class Task:
    """A data set by its name, with a human translation of its queries where there is one.

    Its data is read at once, so that what is not available is known before any work.

    Args:
        name: Such as ``mtop/hi/dev/split``, with or without ``optical:`` before it.
        own_translation: Whether a query's own translation counts on MTOP, by the graded judgments of the data set.

    Attributes:
        name: The name without ``optical:``.
        dataset: The data set.

    Raises:
        OpticalError: There is no such data set, or its data is not available.
    """

    def __init__(self, name: str, *, own_translation: bool = False):
        self.name = name.removeprefix("optical:")
        self.dataset = pt.get_dataset(f"optical:{self.name}")
        self._others_only = not own_translation and WITHOUT_TRANSLATION in self.dataset.collection.qrels_variants
        self._topics = self._translated(self.dataset.get_topics())

    @property
    def has_translations(self) -> bool:
        """Whether the topics have a column ``query_translated``."""
        return "query_translated" in self._topics

    @property
    def documents(self) -> pd.DataFrame:
        """Columns ``docno``, ``text`` and, where there is one, ``title``."""
        return self.dataset.collection.documents

    @cached_property
    def corpus_key(self) -> str:
        """The same for data sets of the same documents."""
        hashes = pd.util.hash_pandas_object(self.documents, index=False)
        return hashlib.sha256(hashes.to_numpy().tobytes()).hexdigest()

    def get_topics(self) -> pd.DataFrame:
        """Columns ``qid``, ``query`` and, where there is a translation, ``query_translated``."""
        columns = ["qid", "query", *(["query_translated"] if self.has_translations else [])]
        return self._topics[columns].copy()

    def english_topics(self) -> pd.DataFrame | None:
        """Columns ``qid`` and ``query``, the query or its human translation in English; None where neither is."""
        topics = self.get_topics()
        if self.has_translations:
            return topics[["qid"]].assign(query=topics["query_translated"])
        return topics[["qid", "query"]] if self.dataset.get_topics_lang() == "en" else None

    def get_qrels(self) -> pd.DataFrame:
        """The judgments; on MTOP 1 for each other utterance of the same intent, unless translations count."""
        if self._others_only:
            return self.dataset.get_qrels(WITHOUT_TRANSLATION).assign(label=1)
        return self.dataset.get_qrels()

    def judged(self, pipeline: pt.Transformer) -> pt.Transformer:
        """A pipeline whose results are to be judged by `get_qrels`."""
        return pipeline >> WithoutTranslation() if self._others_only else pipeline

    def _translated(self, topics: pd.DataFrame) -> pd.DataFrame:
        # MTOP's documents are translations of its queries of the same name, into English or another language.
        if WITHOUT_TRANSLATION not in self.dataset.collection.qrels_variants or self.dataset.get_corpus_lang() != "en":
            return topics
        texts = self.dataset.collection.documents.set_index("docno")["text"]
        return topics.assign(query_translated=topics["qid"].map(texts))
