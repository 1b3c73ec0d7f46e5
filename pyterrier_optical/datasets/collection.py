"""What a test collection is, whichever way it is asked for: described at once, read when first used."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import ir_measures
import pandas as pd


class Collection(ABC):
    """Documents, topics and relevance judgments under one name.

    Making one touches no data: the three tables are read when they are first asked for, and kept.

    Attributes:
        name: The identifier, such as ``mtop/hi/test``.
        query_lang: Language of the topics, as in the name (ISO 639-1 where the language has such a code).
        document_lang: Language of the documents.
        title, description, url, licence, citation: For people; ``citation`` may be empty.
        document_fields: The columns of the documents besides ``docno``.
        label_meanings: What each relevance label says.
        measures: What the collection is meant to be measured by.
        qrels_variants: Further forms of the judgments: name -> function from the full judgments to that form.
        topics_variants: Columns of the topics, besides ``query``, that can be asked for as the query.
        dropped: Why topics of the source were left out, and how many; read with the topics.
    """

    title = ""
    description = ""
    url = ""
    licence = ""
    citation = ""
    document_fields: tuple[str, ...] = ("text",)
    label_meanings: Mapping[int, str] = {}
    measures: tuple[ir_measures.Measure, ...] = (ir_measures.nDCG @ 10, ir_measures.R @ 100)
    qrels_variants: Mapping[str, Callable[[pd.DataFrame], pd.DataFrame]] = {}
    topics_variants: tuple[str, ...] = ()

    def __init__(self, name: str, query_lang: str, document_lang: str):
        self.name = name
        self.query_lang = query_lang
        self.document_lang = document_lang

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    @property
    @abstractmethod
    def documents(self) -> pd.DataFrame:
        """Column ``docno`` (str, unique) and a column of str for each of ``document_fields``."""

    @property
    @abstractmethod
    def topics(self) -> pd.DataFrame:
        """Columns ``qid`` and ``query`` (str), and whatever else the source has; ``qid`` is unique."""

    @property
    @abstractmethod
    def qrels(self) -> pd.DataFrame:
        """Columns ``qid``, ``docno`` (str) and ``label`` (int); pairs without a row are not relevant."""

    @property
    def dropped(self) -> dict[str, int]:
        return {}


def iso_639_1(lang: str) -> str | None:
    """The two-letter code that PyTerrier and ir_datasets ask for, None for a language that has none.

    Example:
        >>> iso_639_1("hi-Latn"), iso_639_1("bem")
        ('hi', None)
    """
    language = lang.split("-")[0]
    return language if len(language) == 2 else None
