"""The first stage: BM25 over documents in any script, by Terrier or, where there is no Java, by PISA."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.retrieve.bm25.build import index_corpus
from pyterrier_optical.retrieve.bm25.corpus import Corpus
from pyterrier_optical.retrieve.bm25.retriever import BM25Retriever, check_parameters

__all__ = ["BM25Retriever", "bm25"]

# Kept until the interpreter ends, which removes them: retrievers, copies of them and worker processes share them.
_temporary: list[TemporaryDirectory] = []


def bm25(
    dataset_or_corpus=None,
    *,
    index_path: str | os.PathLike | None = None,
    engine: str = "auto",
    lang: str | None = None,
    fields: str | Iterable[str] | None = None,
    num_results: int = 1000,
    k1: float = 1.2,
    b: float = 0.75,
    overwrite: bool = False,
    verbose: bool = False,
) -> BM25Retriever:
    """Indexes a corpus, or opens the index made of it before, and returns a BM25 retriever for it.

    Words are those of :func:`~pyterrier_optical.script.words`, in every script and on both engines. They are neither
    stemmed nor stopped, English ones included: the terms of the index are then words that a multilingual model can be
    asked about (which :class:`OpticalTranslator` does), and stemming English gained next to nothing where it was tried.

    An index at ``index_path`` is used again when it was built from the same documents in the same order with the same
    settings, and is built anew, with a warning, when it is damaged or of another version of this package. One of other
    documents or settings is refused, unless it is to be replaced. Nothing but such an index is ever replaced (with all
    that is in its folder), and only by a finished one. ``bm25(index_path=...)`` opens an index without its documents,
    which are then not read.

    Args:
        dataset_or_corpus: A PyTerrier or ir_datasets dataset, the name of one, a data frame with ``docno`` and
            ``text``, an iterable of such dicts (read once, never held in memory), or a function that returns one;
            None: there is an index at ``index_path``.
        index_path: Folder of the index (``~`` is the user's home); None: a temporary one, removed when Python ends.
        engine: "terrier", "pisa", or "auto" for Terrier where it runs and PISA elsewhere.
        lang: ISO 639 code of the documents' language; None: what the dataset says.
        fields: Fields that make up a document's text; None: ``text`` and, where there is one, ``title``, or the
            default text of ir_datasets documents.
        num_results: Most documents for one query.
        k1: Saturation of term frequencies; as ``b``, the usual value and not tuned.
        b: Length normalisation, from 0 (none) to 1.
        overwrite: Replace an index at ``index_path`` that is one of other documents or settings.
        verbose: Show progress bars at once; otherwise one appears for work that takes over two seconds.

    Returns:
        A transformer from frames with ``query`` or ``query_toks`` to results; see :class:`BM25Retriever`.

    Raises:
        OpticalError: No engine can be used, the corpus is empty or unfit, ``index_path`` holds something else, there is
            no room, or without a corpus there is no index.

    Example:
        >>> docs = [{"docno": "d1", "text": "Millet porridge"}, {"docno": "d2", "text": "A river in flood"}]
        >>> bm25(docs, engine="pisa").search("porridge?")["docno"].tolist()
        ['d1']
    """
    options: dict[str, Any] = {"num_results": num_results, "k1": k1, "b": b, "verbose": verbose}
    if dataset_or_corpus is None:
        return _reopened(index_path, engine, {"lang": lang, "fields": fields}, options)
    corpus = Corpus(dataset_or_corpus, fields)
    if index_path is None:
        try:
            _temporary.append(TemporaryDirectory(prefix="optical-bm25-", ignore_cleanup_errors=True))
        except OSError as error:
            raise OpticalError(
                f"There is no temporary folder for an index ({error.strerror}): give an index_path, or set TMPDIR to a "
                "folder that can be written to."
            ) from error
        index_path = Path(_temporary[-1].name, "index")
    index_path = Path(index_path).expanduser()
    check_parameters(num_results, k1, b)
    index_corpus(corpus, index_path, engine, lang or corpus.lang, k1=k1, b=b, overwrite=overwrite, verbose=verbose)
    return BM25Retriever(index_path, **options)


def _reopened(index_path: str | os.PathLike | None, engine: str, settings: dict, options: dict) -> BM25Retriever:
    if index_path is None:
        raise OpticalError("bm25() has neither documents nor an index: give it a corpus, or an index_path.")
    if given := [name for name, value in settings.items() if value is not None]:
        raise OpticalError(f"{' and '.join(given)} say how documents are indexed: leave them out to open an index.")
    retriever = BM25Retriever(index_path, **options)
    if engine not in ("auto", retriever.engine):
        raise OpticalError(f"The index at '{index_path}' is one of {retriever.engine}: leave engine={engine!r} out.")
    return retriever
