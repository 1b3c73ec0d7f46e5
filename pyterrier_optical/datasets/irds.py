"""The collections as ir_datasets data sets: ``ir_datasets.load("mtop/hi/test")`` after :func:`register`."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

import ir_datasets
from ir_datasets.datasets.base import Dataset
from ir_datasets.formats import BaseDocs, BaseQrels, BaseQueries, GenericDoc, GenericQrel, GenericQuery
from ir_datasets.indices import Docstore

from pyterrier_optical.datasets import catalogue
from pyterrier_optical.datasets.clir.afriqa_open import open_datasets
from pyterrier_optical.datasets.clir.local_irds import local_datasets
from pyterrier_optical.datasets.collection import Collection, iso_639_1


class TitledDoc(NamedTuple):
    """A document with a title, which can be empty."""

    doc_id: str
    text: str
    title: str

    def default_text(self) -> str:
        """Title and text."""
        return f"{self.title} {self.text}".strip()


class TranslatedQuery(NamedTuple):
    """A query with its human translation into English."""

    query_id: str
    text: str
    text_translated: str

    def default_text(self) -> str:
        """The query as it was asked."""
        return self.text


def register(*names: str) -> None:
    """Make collections known to ir_datasets under their own names, such as ``mtop/hi/test``.

    Calling it again changes nothing, and a name that ir_datasets already has is left alone. No data is touched.

    Args:
        names: Which; all when none is named.

    Raises:
        OpticalError: There is none of that name.

    Example:
        >>> import ir_datasets
        >>> register()
        >>> ir_datasets.load("mtop/hi/test").queries_lang()
        'hi'
    """
    known = set(ir_datasets.registry)
    local = dict(chain(local_datasets(), open_datasets(_Queries)))
    for name in names or (*catalogue.own_names(), *local):
        if name not in known:
            ir_datasets.registry.register(name, local.get(name) or _dataset(catalogue.find(name)))


def _dataset(collection: Collection) -> Dataset:
    return Dataset(_Docs(collection), _Queries(collection), _Qrels(collection), _Documentation(collection))


class _Part:
    """One of the things that a data set has, from a collection."""

    def __init__(self, collection: Collection):
        self._collection = collection


class _Docs(_Part, BaseDocs):
    @cached_property
    def _docs(self) -> list:
        fields = ["docno", *self._collection.document_fields]
        return list(map(self.docs_cls()._make, self._collection.documents[fields].itertuples(index=False, name=None)))

    def docs_iter(self) -> "_Documents":
        return _Documents(self._docs)

    def docs_store(self) -> "_MemoryStore":
        return _MemoryStore(self.docs_cls(), self._docs)

    def docs_count(self) -> int:
        return len(self._docs)

    def docs_cls(self):
        return TitledDoc if "title" in self._collection.document_fields else GenericDoc

    def docs_namespace(self) -> str:
        return self._collection.name

    def docs_lang(self) -> str | None:
        return iso_639_1(self._collection.document_lang)


class _Queries(_Part, BaseQueries):
    def queries_iter(self) -> Iterator:
        columns = ["qid", "query", *self._collection.topics_variants]
        rows = self._collection.topics[columns].itertuples(index=False, name=None)
        return map(self.queries_cls()._make, rows)

    def queries_count(self) -> int:
        return len(self._collection.topics)

    def queries_cls(self):
        return TranslatedQuery if self._collection.topics_variants else GenericQuery

    def queries_namespace(self) -> str:
        return self._collection.name

    def queries_lang(self) -> str | None:
        return iso_639_1(self._collection.query_lang)


class _Qrels(_Part, BaseQrels):
    def qrels_iter(self) -> Iterator[GenericQrel]:
        return map(GenericQrel._make, self._collection.qrels.itertuples(index=False, name=None))

    def qrels_count(self) -> int:
        return len(self._collection.qrels)

    def qrels_defs(self) -> dict[int, str]:
        return dict(self._collection.label_meanings)


class _Documentation(_Part):
    def documentation(self) -> dict[str, Any]:
        collection = self._collection
        cited = f"{collection.citation}. " if collection.citation else ""
        return {
            "pretty_name": collection.title,
            "desc": f"{collection.description} {cited}Licence: {collection.licence}. See {collection.url}",
            "official_measures": [str(measure) for measure in collection.measures],
        }


class _Documents:
    """An iterator that can be sliced, as ir_datasets promises of ``docs_iter``."""

    def __init__(self, docs: list):
        self._docs = docs
        self._next = iter(docs)

    def __iter__(self) -> "_Documents":
        return self

    def __next__(self) -> tuple:
        return next(self._next)

    def __getitem__(self, key: int | slice) -> "tuple | _Documents":
        return _Documents(self._docs[key]) if isinstance(key, slice) else self._docs[key]


class _MemoryStore(Docstore):
    def __init__(self, doc_cls: type, docs: list):
        super().__init__(doc_cls)
        self._by_id = {doc.doc_id: doc for doc in docs}

    def get_many_iter(self, doc_ids) -> Iterator:
        return (self._by_id[doc_id] for doc_id in doc_ids if doc_id in self._by_id)
