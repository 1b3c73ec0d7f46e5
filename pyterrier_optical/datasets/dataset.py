"""Every collection as a PyTerrier data set: one form for topics, judgments, documents and their text."""

import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from tarfile import TarError

import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets import catalogue
from pyterrier_optical.datasets.collection import Collection, iso_639_1
from pyterrier_optical.datasets.irds_home import make_importable
from pyterrier_optical.datasets.preset import Preset
from pyterrier_optical.datasets.text_loader import OpticalTextLoader
from pyterrier_optical.errors import OpticalError, shown

# Missing and damaged files, and what ir_datasets' readers raise on files of another form.
_WRONG = (OSError, EOFError, RuntimeError, ValueError, LookupError, TypeError, AssertionError, TarError, zlib.error)
_LINE_BREAK = re.compile(r"\s*\n\s*")


def load(name: str, topics: str | None = None) -> "OpticalDataset":
    """A data set for cross-lingual retrieval, as ``pt.get_dataset("optical:<name>")`` gives it.

    Args:
        name: Such as ``mtop/hi/test``, ``neuclir/1/fa/trec-2022``, ``mmarco/v2/hi-en/dev/small``.
        topics: Which field of the topics is the query: ``title``, ``mt_title``, several joined as in
            ``title+description``; None for the collection's default, an English one where there is one.

    Raises:
        OpticalError: There is no such data set or field.

    Example:
        >>> dataset = load("neuclir/1/fa/trec-2022", topics="ht_title")
        >>> dataset.get_topics_lang(), dataset.get_corpus_lang()
        ('fa', 'fa')
    """
    return OpticalDataset(catalogue.preset(name), topics)


class OpticalDataset(pt.datasets.Dataset):
    """One collection, whatever its source; data are read at the first call that needs them.

    It is PyTerrier's ``irds:`` data set with the queries always in ``query``, the documents always in ``text`` (and
    ``title``), so that an index and a reranker read the same, and sentences where files are missing.

    Args:
        preset: What it is made of.
        topics: Which field of the topics is the query, as for :func:`load`.

    Attributes:
        preset, topics: As given.
    """

    def __init__(self, preset: Preset, topics: str | None = None):
        preset.topics(topics)
        self.preset = preset
        self.topics = topics
        self._sources: dict[str, pt.datasets.Dataset] = {}

    @property
    def name(self) -> str:
        """The identifier."""
        return self.preset.name

    @property
    def collection(self) -> Collection:
        """The plain tables of a collection that this package reads itself.

        Raises:
            OpticalError: It is another, which may be too large for memory.
        """
        if self.preset.collection is None:
            raise OpticalError(
                f"{self.name} is read from disk and has no tables in memory: use get_topics, get_qrels, "
                "get_corpus_iter and text_loader."
            )
        return self.preset.collection

    def get_topics(self, variant: str | None = None) -> pd.DataFrame:
        """The topics; those whose query is empty are left out.

        Args:
            variant: Which field is the query, as for :func:`load`; None for the data set's own, with the columns that
                go with it (AfriQA, XQuAD-R: ``query_translated``).

        Returns:
            Frame with ``qid`` and ``query``.

        Raises:
            OpticalError: There is no such field, or the files are missing.
        """
        fields = self.preset.topics(self.topics if variant is None else variant)
        names = [self._topic_field(name) for name in fields]
        columns = {"query": names, **({} if variant else {c: [f] for c, f in self.preset.companions.items()})}
        with self._reading():
            topics = self._topics_with(columns)
            if self.preset.judged_only:
                topics = topics[topics["qid"].isin(self._qrels["qid"])]
        return topics[topics["query"].str.strip() != ""].reset_index(drop=True)

    def get_qrels(self, variant: str | None = None) -> pd.DataFrame:
        """The judgments: ``qid``, ``docno``, ``label`` (int).

        Args:
            variant: A further form of the judgments (MTOP: "without-translation"); None for all of them.

        Raises:
            OpticalError: There is no such variant, or the files are missing.
        """
        variants = self.preset.collection.qrels_variants if self.preset.collection else {}
        if variant is not None and variant not in variants:
            known = ", ".join(variants) or "none"
            raise OpticalError(f"{self.name} has no qrels variant {shown(variant)}: it has {known}.")
        return variants[variant](self._qrels).reset_index(drop=True) if variant else self._qrels.copy()

    def get_corpus_iter(self, *, verbose: bool = True, start: int = 0, count: int | None = None) -> pt.model.IterDict:
        """The documents as dicts of ``docno``, ``text`` (and ``title``), in a fixed order.

        Args:
            verbose: Show a progress bar.
            start: Leave out so many documents at the beginning.
            count: Stop after so many documents; None for all.

        Raises:
            OpticalError: The files are missing; when the first document is asked for.
        """
        with self._reading():
            records = self._irds(self.preset.docs_id).get_corpus_iter(verbose=verbose)
        total = _length(records)
        total = None if total is None else len(range(total)[start:][:count])
        return pt.utils.GeneratorLen(self._documents(records, start, count), total)

    def text_loader(self, fields: Sequence[str] | str = "*", *, verbose: bool = False) -> OpticalTextLoader:
        """A transformer that adds the documents' fields by ``docno``: ``retriever >> dataset.text_loader()``.

        Args:
            fields: Which fields, "*" for all.
            verbose: Show a progress bar.
        """
        return OpticalTextLoader(self, fields, verbose=verbose)

    def load_documents(self, docnos: pd.Series, verbose: bool = False) -> pd.DataFrame:
        """The documents' columns for each of ``docnos``, in their order.

        Raises:
            OpticalError: There is no such document, or the files are missing.
        """
        columns = self.preset.documents
        with self._reading():
            loader = self._irds(self.preset.docs_id).text_loader(list(columns.values()), verbose=verbose)
            try:
                return loader(pd.DataFrame({"docno": docnos})).rename(columns={f: c for c, f in columns.items()})
            except KeyError as error:
                raise OpticalError(
                    f"{self.name} has no document {_first_unknown(error, docnos)}: load from the data set searched."
                ) from error

    def get_corpus_lang(self) -> str | None:
        """ISO 639-1 code of the documents' language, None where it has none or there are several."""
        return self.preset.document_lang and iso_639_1(self.preset.document_lang)

    def get_topics_lang(self) -> str | None:
        """ISO 639-1 code of the topics' language, None where it has none or there are several."""
        lang = self.preset.topics_lang(self.topics)
        return lang and iso_639_1(lang)

    def info_url(self) -> str:
        """Where the source is described."""
        return self.preset.family.url

    def _describe_component(self, component: str) -> bool | list[str] | None:
        if component == "topics" and len(self.preset.topic_fields) > 1:
            return list(self.preset.topic_fields)
        return True if component in ("topics", "qrels", "corpus") else None

    @cached_property
    def _qrels(self) -> pd.DataFrame:
        with self._reading():
            return self._irds(self.preset.qrels_id).get_qrels()[["qid", "docno", "label"]]

    def _topic_field(self, name: str) -> str:
        return self.preset.companions.get(name) or self.preset.topics_of.get(name, name)

    def _topics_with(self, columns: dict[str, list[str]]) -> pd.DataFrame:
        source = self._irds(self.preset.topics_id)
        parts = {field: source.get_topics(field) for fields in columns.values() for field in fields}
        topics = next(iter(parts.values()))[["qid"]].copy()
        clean = str if self.preset.collection else _one_line
        for column, fields in columns.items():
            texts = zip(*(parts[field]["query"] for field in fields), strict=True)
            topics[column] = [" ".join(filter(None, map(clean, row))) for row in texts]
        return topics

    def _documents(self, records, start: int, count: int | None) -> Iterator[dict]:
        columns = self.preset.documents.items()
        stop = None if count is None else start + count
        with self._reading():
            for record in islice(records, start, stop):
                yield {"docno": record["docno"], **{column: record[field] or "" for column, field in columns}}

    def _irds(self, irds_id: str) -> pt.datasets.Dataset:
        # Loading one of CLIRMatrix downloads a file, so no data set is loaded before it is needed.
        if irds_id not in self._sources:
            make_importable()
            try:
                self._sources[irds_id] = pt.get_dataset(f"irds:{irds_id}")
            except KeyError:
                from pyterrier_optical.datasets.irds import register

                register(irds_id)
                self._sources[irds_id] = pt.get_dataset(f"irds:{irds_id}")
        return self._sources[irds_id]

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except OpticalError:
            raise
        except _WRONG as error:
            way_out = self.preset.fetching()
            if "disk space" in str(error):  # ir_datasets has no exception of its own for it
                way_out = "free some, or set IR_DATASETS_HOME to a folder on another disk"
            raise OpticalError(f"The files of {self.name} cannot be read ({shown(error)}): {way_out}.") from error

    def __repr__(self) -> str:
        return f"OpticalDataset({self.name!r}{f', topics={self.topics!r}' if self.topics else ''})"


def _one_line(text: str) -> str:
    return _LINE_BREAK.sub(" ", text.strip())


def _length(records) -> int | None:
    try:
        return len(records)
    except TypeError:  # ir_datasets does not know it
        return None


def _first_unknown(error: KeyError, docnos: pd.Series) -> str:
    text = str(error)
    return next((shown(docno) for docno in docnos if repr(docno) in text), text)
