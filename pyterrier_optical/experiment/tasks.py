"""A data set of this package as a task for first stages: what is asked, what is relevant, and in what other words."""

import hashlib
from functools import cached_property

import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets.mtop import WithoutTranslation
from pyterrier_optical.exhaustive import WITHOUT_TRANSLATION


class Task:
    """A data set by its name, with a human translation of its queries where there is one.

    Its data is read at once, so that what cannot be had is known before any work.

    Args:
        name: Such as ``mtop/hi/dev/split``, with or without ``optical:`` before it.

    Attributes:
        name: The name without ``optical:``.
        dataset: The data set.

    Raises:
        OpticalError: There is no such data set, or its data cannot be had.
    """

    def __init__(self, name: str):
        self.name = name.removeprefix("optical:")
        self.dataset = pt.get_dataset(f"optical:{self.name}")
        self._topics = self._translated(self.dataset.get_topics())

    @property
    def has_translations(self) -> bool:
        """Whether the topics have a column ``query_translated``."""
        return "query_translated" in self._topics

    @cached_property
    def corpus_key(self) -> str:
        """The same for data sets of the same documents."""
        documents = self.dataset.collection.documents
        return hashlib.sha256(pd.util.hash_pandas_object(documents, index=False).to_numpy().tobytes()).hexdigest()

    def get_topics(self) -> pd.DataFrame:
        """Columns ``qid``, ``query`` and, where there is a translation, ``query_translated``."""
        columns = ["qid", "query", *(["query_translated"] if self.has_translations else [])]
        return self._topics[columns].copy()

    def get_qrels(self) -> pd.DataFrame:
        """The judgments; on MTOP 1 for each other utterance of the same intent."""
        if self._finds_translations:
            return self.dataset.get_qrels(WITHOUT_TRANSLATION).assign(label=1)
        return self.dataset.get_qrels()

    def judged(self, pipeline: pt.Transformer) -> pt.Transformer:
        """A pipeline whose results are to be judged by `get_qrels`."""
        return pipeline >> WithoutTranslation() if self._finds_translations else pipeline

    @property
    def _finds_translations(self) -> bool:
        return WITHOUT_TRANSLATION in self.dataset.collection.qrels_variants

    def _translated(self, topics: pd.DataFrame) -> pd.DataFrame:
        # MTOP's documents are translations of its queries, into English or another language.
        if "translation_docno" not in topics or self.dataset.get_corpus_lang() != "en":
            return topics
        texts = self.dataset.collection.documents.set_index("docno")["text"]
        return topics.assign(query_translated=topics["translation_docno"].map(texts))
