"""From a corpus to an index on disk, in one reading of the corpus and without ever holding it in memory."""

import errno
import logging
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from pyterrier_optical.base.corpus_hash import CorpusHash
from pyterrier_optical.base.files import restore
from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.retrieve.bm25 import pisa, terrier
from pyterrier_optical.retrieve.bm25.corpus import Corpus
from pyterrier_optical.retrieve.bm25.spool import Batch, Spool, spooled
from pyterrier_optical.retrieve.bm25.store import (
    INFO_FILE,
    IndexInfo,
    check_replaceable,
    fill_standard_streams,
    is_sound,
    publish,
    staging,
    write_terms,
)
from pyterrier_optical.script.tokenise import TOKENISER_VERSION, words

logger = logging.getLogger("pyterrier_optical")

ENGINES = {"terrier": terrier, "pisa": pisa}
_SPOOL = "words.spool"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def choose_engine(engine: str, existing: IndexInfo | None = None) -> str:
    """The engine to use, and a log line that says why.

    Args:
        engine: "terrier", "pisa" or "auto": the one an existing index was built with, else Terrier, else PISA.
        existing: What is at the index path, if anything.

    Raises:
        OpticalError: The engine, or with "auto" each of them, cannot be used here.
    """
    if engine not in (*ENGINES, "auto"):
        raise OpticalError(f"Unknown engine {shown(engine)}: use 'terrier', 'pisa' or 'auto'.")
    if engine != "auto":
        if reason := ENGINES[engine].why_not():
            raise OpticalError(
                f"The engine {shown(engine)} cannot be used, as {reason}: fix that or use engine='auto'."
            )
        logger.info("BM25 by %s, as asked.", engine)
        return engine
    if existing and not ENGINES[existing.engine].why_not():
        logger.info("BM25 by %s, which the index was built with.", existing.engine)
        return existing.engine
    if not (no_terrier := terrier.why_not()):
        logger.info("BM25 by terrier.")
        return "terrier"
    if not (no_pisa := pisa.why_not()):
        logger.warning("BM25 by pisa, as %s.", no_terrier)
        return "pisa"
    raise OpticalError(
        f"No engine for BM25, as {no_terrier} and {no_pisa}: install a JDK (11 or later) and let PyTerrier fetch "
        "Terrier once, or pip install pyterrier-pisa."
    )


def index_corpus(
    corpus: Corpus,
    folder: Path,
    engine: str,
    lang: str | None,
    *,
    k1: float,
    b: float,
    overwrite: bool,
    verbose: bool,
) -> IndexInfo:
    """Makes ``folder`` an index of ``corpus``, unless it is one already.

    Args:
        corpus: The documents.
        folder: The index's place; its parents are created.
        engine: As for :func:`choose_engine`.
        lang: The documents' language.
        k1: BM25's saturation of term frequencies, for which PISA makes score bounds.
        b: BM25's length normalisation, likewise.
        overwrite: Replace an index of other documents or settings.
        verbose: As for `pyterrier_optical.base.progress`.

    Returns:
        What the index was built from.

    Raises:
        OpticalError: No engine, a place that holds something else, an empty corpus, an unfit document, or no room.
    """
    fill_standard_streams()
    restore(folder.resolve())
    check_replaceable(folder)
    folder = folder.resolve()  # a link to an index stays, and what it leads to is replaced
    existing = IndexInfo.read(folder)
    engine = choose_engine(engine, existing)
    wanted = IndexInfo(engine, "", 0, corpus.fields, lang, TOKENISER_VERSION)
    sound = False
    if existing:
        same = replace(wanted, corpus=existing.corpus, num_docs=existing.num_docs)
        _refuse_other(folder, existing, same, overwrite)
        sound = is_sound(folder)
        if sound and same == existing and corpus.repeatable and existing.corpus == _hash(corpus, verbose):
            return existing
    with staging(folder) as temporary, _said_when_full(folder):
        read = _read(corpus, temporary / _SPOOL, lang, verbose)
        info = replace(wanted, corpus=read.hash, num_docs=read.num_docs)
        if sound and info == existing:
            return existing
        if (folder / INFO_FILE).exists():
            changed = _refuse_other(folder, existing, info, overwrite)
            reason = f"it differs in {', '.join(changed)}" if changed else "it is damaged or of another version"
            logger.warning("Rebuilding the index at '%s': %s.", folder, reason)
        if read.terms:
            batches = _shown(spooled(temporary / _SPOOL), read.num_docs, verbose)
            ENGINES[engine].build(temporary, batches, read.terms, read.num_docs, read.longest_docno, k1, b)
        write_terms(temporary, read.terms)
        (temporary / _SPOOL).unlink()
        info.write(temporary)
        publish(temporary, folder, info)
    return info


@dataclass(frozen=True)
class _Reading:
    hash: str
    num_docs: int
    terms: dict[str, int]
    longest_docno: int


def _read(corpus: Corpus, spool: Path, lang: str | None, verbose: bool) -> _Reading:
    """Reads the corpus once and writes its words to ``spool``.

    The engines read the spool and not the corpus: Terrier reads in another thread, where an error of the corpus would
    end the index early and unnoticed, and needs the longest docno before the first document.
    """
    fingerprint, longest, docnos = CorpusHash(), 0, array("q")
    with open(spool, "wb") as file:
        writer = Spool(file)
        for docno, text in progress(corpus, desc="Reading documents", unit="doc", verbose=verbose, total=corpus.count):
            fingerprint.add(docno, text)
            writer.add(docno, words(text, lang))
            longest = max(longest, len(docno.encode()))
            docnos.append(hash(docno))
        terms = writer.finish()
    if not docnos:
        raise OpticalError("The corpus has no documents: there is nothing to index.")
    _refuse_repeated(docnos, spool)
    return _Reading(fingerprint.hexdigest(), len(docnos), terms, longest)


def _refuse_repeated(docnos: array, spool: Path) -> None:
    hashes = np.sort(np.frombuffer(docnos, dtype=np.int64))
    repeated = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    if repeated:
        docno = next(docno for batch in spooled(spool) for docno in batch.docnos if hash(docno) in repeated)
        raise OpticalError(f"More than one document has the docno {shown(docno)}: give each document its own.")


def _shown(batches: Iterator[Batch], num_docs: int, verbose: bool) -> Iterator[Batch]:
    with progress(desc="Indexing documents", unit="doc", total=num_docs, verbose=verbose) as bar:
        for batch in batches:
            yield batch
            bar.update(len(batch.docnos))


def _hash(corpus: Corpus, verbose: bool) -> str:
    fingerprint = CorpusHash()
    for docno, text in progress(corpus, desc="Comparing documents", unit="doc", verbose=verbose, total=corpus.count):
        fingerprint.add(docno, text)
    return fingerprint.hexdigest()


def _refuse_other(folder: Path, existing: IndexInfo | None, wanted: IndexInfo, overwrite: bool) -> list[str]:
    """In what an index differs from what is wanted, the rules of this package apart; refused unless to be replaced."""
    compared = [field.name for field in fields(wanted) if field.compare and not field.name.endswith("_version")]
    changed = [name for name in compared if existing and getattr(existing, name) != getattr(wanted, name)]
    if changed and not overwrite:
        raise OpticalError(
            f"The index at '{folder}' differs in {', '.join(changed)} from what was asked for: choose another "
            "index_path, or replace it with overwrite=True."
        )
    return changed


@contextmanager
def _said_when_full(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise OpticalError(
            f"There is no room for an index at '{folder}' ({error.strerror}): free some, or choose an index_path on "
            "another disk."
        ) from error
