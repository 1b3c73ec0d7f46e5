"""The first stage: BM25 over documents in any script, by Terrier or, where Java is not to be had, by PISA."""

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from pyterrier_optical.first_stage.build import index_corpus
from pyterrier_optical.first_stage.corpus import Corpus
from pyterrier_optical.first_stage.retriever import BM25Retriever

__all__ = ["BM25Retriever", "bm25"]

# Kept until the interpreter ends, which removes them: retrievers, copies of them and worker processes share them.
_temporary: list[TemporaryDirectory] = []


def bm25(
    dataset_or_corpus,
    *,
    index_path: str | os.PathLike | None = None,
    engine: str = "auto",
    lang: str | None = None,
    fields: str | Iterable[str] | None = None,
    num_results: int = 1000,
    k1: float = 1.2,
    b: float = 0.75,
    verbose: bool = False,
) -> BM25Retriever:
    """Indexes a corpus, or opens the index made of it before, and returns a BM25 retriever for it.

    Words are those of :func:`pyterrier_optical.tokenise.words`, in every script and on both engines. They are neither
    stemmed nor stopped, English ones included: the terms of the index are then words that a multilingual model can be
    asked about (which :class:`OpticalTranslator` does), and stemming English gained next to nothing where it was tried.

    An index at ``index_path`` is used again when it was built from the same documents in the same order with the same
    settings, and is otherwise replaced, with a warning that says what differs. Nothing but such an index is ever
    replaced (with all that is in its folder), and only by a finished one.

    Args:
        dataset_or_corpus: A PyTerrier or ir_datasets dataset, the name of one, a data frame with ``docno`` and
            ``text``, an iterable of such dicts (read once, never held in memory), or a function that returns one.
        index_path: Folder of the index (``~`` is the user's home); None: a temporary one, removed when Python ends.
        engine: "terrier", "pisa", or "auto" for Terrier where it runs and PISA elsewhere.
        lang: ISO 639 code of the documents' language; None: what the dataset says.
        fields: Fields that make up a document's text; None: ``text`` and, where there is one, ``title``, or the
            default text of ir_datasets documents.
        num_results: Most documents for one query.
        k1: Saturation of term frequencies.
        b: Length normalisation, from 0 (none) to 1.
        verbose: Show progress bars.

    Returns:
        A transformer from frames with ``query`` or ``query_toks`` to results; see :class:`BM25Retriever`.

    Raises:
        OpticalError: No engine can be used, the corpus is empty or unfit, or ``index_path`` holds something else.

    Example:
        >>> docs = [{"docno": "d1", "text": "Millet porridge"}, {"docno": "d2", "text": "A river in flood"}]
        >>> bm25(docs, engine="pisa").search("porridge?")["docno"].tolist()
        ['d1']
    """
    corpus = Corpus(dataset_or_corpus, fields)
    if index_path is None:
        _temporary.append(TemporaryDirectory(prefix="optical-bm25-", ignore_cleanup_errors=True))
        index_path = Path(_temporary[-1].name, "index")
    index_path = Path(index_path).expanduser()
    index_corpus(corpus, index_path, engine, lang or corpus.lang, verbose)
    return BM25Retriever(index_path, num_results=num_results, k1=k1, b=b, verbose=verbose)
