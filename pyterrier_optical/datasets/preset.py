"""What a data set is before any of its data is read: names, languages, fields, licence, and how to fetch it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown

# A topic field's language where its name tells: the documents' own, or the code in the name.
_DOCUMENTS = re.compile(r"(?:ht|mt)_\w+")
_CODED = re.compile(r"([a-z]{2})_mt_\w+|\w+_(en|es|zh)\d?")


@dataclass(frozen=True)
class Family:
    """What the data sets of one collection have in common.

    Attributes:
        title, url, licence, citation: For people.
        fetch: What to do for the files to be on this machine, with the command; ``{docs}`` stands for the identifier of
            the documents in ir_datasets.
    """

    title: str
    url: str
    licence: str
    citation: str
    fetch: str = "run `ir_datasets export {docs} docs > documents.tsv` with a network, which keeps what it downloads"


@dataclass(frozen=True)
class Preset:
    """One data set, made of the topics, judgments and documents of up to three data sets of ir_datasets.

    Attributes:
        name: The identifier, such as ``neuclir/1/fa/trec-2022``.
        family: What it shares with others.
        query_lang: Language of the topic fields whose names do not tell it, ISO 639-1 where there is such a code.
        document_lang: Language of the documents; None for several.
        topic_fields: The fields of the topics, the default first.
        topics_id, qrels_id, docs_id: The identifiers in ir_datasets.
        documents: Column of the documents -> field in ir_datasets. The columns are ``text`` and, where there is one,
            ``title``.
        topics_of: Topic field -> field in ir_datasets, where the names differ.
        companions: Columns of the topics besides ``query`` -> field in ir_datasets.
        judged_only: Whether topics without judgments are left out.
        collection: The tables in memory, for those of the package's own readers; else None.
    """

    name: str
    family: Family | Collection
    query_lang: str
    document_lang: str | None
    topic_fields: tuple[str, ...]
    topics_id: str
    qrels_id: str
    docs_id: str
    documents: Mapping[str, str] = field(default_factory=lambda: {"text": "text"})
    topics_of: Mapping[str, str] = field(default_factory=dict)
    companions: Mapping[str, str] = field(default_factory=dict)
    judged_only: bool = False
    collection: Collection | None = None

    def topics(self, asked: str | None) -> tuple[str, ...]:
        """The topic fields that ``asked`` names: one, or several joined by ``+``; None for the default.

        Raises:
            OpticalError: The topics have no such field.
        """
        fields = (self.topic_fields[0],) if asked is None else tuple(asked.split("+"))
        for name in fields:
            if name not in self.topic_fields:
                known = ", ".join(self.topic_fields)
                raise OpticalError(f"{self.name} has no topics variant {shown(name)}: it has {known}.")
        return fields

    def topics_lang(self, asked: str | None) -> str | None:
        """The language of the topics in those fields, None for several.

        Example:
            >>> from pyterrier_optical.datasets.catalogue import preset
            >>> hc4 = preset("hc4/fa/dev")
            >>> hc4.topics_lang("title"), hc4.topics_lang("mt_title"), hc4.topics_lang("title+mt_title")
            ('en', 'fa', None)
        """
        langs = {self._field_lang(name) for name in self.topics(asked)}
        return langs.pop() if len(langs) == 1 else None

    def _field_lang(self, name: str) -> str | None:
        if name in self.companions:
            return "en"
        if _DOCUMENTS.fullmatch(name):
            return self.document_lang
        coded = _CODED.fullmatch(name)
        return next(filter(None, coded.groups())) if coded else self.query_lang

    def fetching(self) -> str:
        """What to do for the files to be on this machine, with the command."""
        return "try again" if isinstance(self.family, Collection) else self.family.fetch.format(docs=self.docs_id)


def of_collection(collection: Collection) -> Preset:
    """The preset of a collection that this package reads itself, which ir_datasets knows by the same name."""
    variants = collection.topics_variants
    return Preset(
        collection.name,
        collection,
        collection.query_lang,
        collection.document_lang,
        ("query", *variants),
        *[collection.name] * 3,
        documents={name: name for name in collection.document_fields},
        topics_of={"query": "text"},
        companions={name: name.replace("query_", "text_") for name in variants},
        collection=collection,
    )
