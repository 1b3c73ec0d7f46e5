"""Any corpus as a stream of (docno, text)."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from unicodedata import category

import pandas as pd

from pyterrier_optical.datasets.named import named_dataset
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.texts import joined_text, named_fields, text_fields

# Unicode categories that break a line-based index file or cannot be written as UTF-8.
_NOT_IN_DOCNOS = {"Cc", "Cs", "Zl", "Zp"}


class Corpus:
    """Documents from any source that PyTerrier users have at hand, read one at a time.

    Args:
        source: A PyTerrier or ir_datasets dataset, its PyTerrier name, a data frame with a ``docno`` column, an
            iterable of dicts with a ``docno`` (a list, a generator, ...), or a function that returns such an iterable.
        fields: Names of the fields that make up a document's text, joined by a line break; None: ``title`` (where
            there is one) and ``text``, and of an ir_datasets document what it calls its default text.

    Attributes:
        repeatable: Whether the documents can surely be read more than once; a generator's cannot.
        count: Number of documents where the source knows it, else None.
        lang: The documents' language where the source knows it (``get_corpus_lang()``), else None.

    Raises:
        OpticalError: ``source`` is none of these.

    Example:
        >>> list(Corpus([{"docno": "d1", "title": "Baobab", "text": "A tree that stores water."}]))
        [('d1', 'Baobab\\nA tree that stores water.')]
    """

    def __init__(self, source, fields: str | Iterable[str] | None = None):
        if isinstance(source, str):
            source = named_dataset(source)
        self.fields = named_fields(fields)
        self.lang = _lang(source)
        self.count = _count(source)
        self._open = _opener(source, self.fields)
        # Other iterables may be used up by one reading although they are no iterators: get_corpus_iter() returns such.
        self.repeatable = not isinstance(source, Iterable) or isinstance(source, Sequence | pd.DataFrame)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        records = iter(self._open())
        first = next(records, None)
        if first is None:
            return
        _check_record(first)
        fields = text_fields(first, self.fields)
        missing = [name for name in ("docno", *fields) if name not in first]
        if missing:
            raise OpticalError(
                f"The documents have the fields {sorted(first)}, without {', '.join(missing)}: "
                "name the fields to index with fields=[...], and give each document a docno."
            )
        for record in chain([first], records):
            _check_record(record)
            # The first may lack a title that others have.
            fields = text_fields(record, self.fields)
            yield _docno(record.get("docno")), joined_text(_text(record.get(name)) for name in fields)

    def __len__(self) -> int:
        if self.count is None:
            raise TypeError("this corpus does not know its length")
        return self.count


def _opener(source, fields: tuple[str, ...] | None) -> Callable[[], Iterable]:
    if hasattr(source, "irds_ref"):
        return _opener(source.irds_ref(), fields)
    if hasattr(source, "get_corpus_iter"):
        quiet = {"verbose": False} if "verbose" in inspect.signature(source.get_corpus_iter).parameters else {}
        return lambda: source.get_corpus_iter(**quiet)
    if hasattr(source, "docs_iter"):
        return lambda: (_irds_record(doc, fields) for doc in source.docs_iter())
    if isinstance(source, pd.DataFrame):
        return lambda: (
            dict(zip(source.columns, row, strict=True)) for row in source.itertuples(index=False, name=None)
        )
    if callable(source):
        return source
    if isinstance(source, Iterable) and not isinstance(source, Mapping):
        return lambda: source
    raise OpticalError(
        f"Cannot read documents from {type(source).__name__}: give a dataset, a data frame with docno and text, "
        "an iterable of dicts, or a function that returns one."
    )


def _irds_record(doc, fields: tuple[str, ...] | None) -> dict:
    # Many collections have no field called text; each knows which of its fields are.
    if fields is None and hasattr(doc, "default_text"):
        return {"docno": doc.doc_id, "text": doc.default_text()}
    return {"docno": doc.doc_id, **doc._asdict()}


def _lang(source) -> str | None:
    if hasattr(source, "get_corpus_lang"):
        return source.get_corpus_lang()
    return source.docs_lang() if hasattr(source, "docs_lang") else None


def _count(source) -> int | None:
    if hasattr(source, "docs_count"):
        return source.docs_count()
    return len(source) if hasattr(source, "__len__") else None


def _check_record(record) -> None:
    if not isinstance(record, Mapping):
        raise OpticalError(f"A document must be a dict with a docno, not {type(record).__name__}: {shown(record)}.")


def _docno(value) -> str:
    docno = "" if _is_missing(value) else str(value)
    if not docno or (not docno.isprintable() and any(category(char) in _NOT_IN_DOCNOS for char in docno)):
        raise OpticalError(
            f"The docno {shown(value)} is empty or has control characters: give each document a plain one."
        )
    # Terrier would return it without them.
    if docno != docno.strip(" "):
        raise OpticalError(f"The docno {shown(value)} has spaces around it: strip them before indexing.")
    return docno


def _text(value) -> str:
    if isinstance(value, str):
        return value
    if _is_missing(value):
        return ""
    raise OpticalError(
        f"The text {shown(value)} is a {type(value).__name__}, not a string: convert it before indexing."
    )


def _is_missing(value) -> bool:
    return pd.api.types.is_scalar(value) and bool(pd.isna(value))
