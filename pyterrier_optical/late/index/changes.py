"""The changes of an index on disk: documents added, deleted, compacted. One process at a time, each in one step."""

import os
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path

import numpy as np

from pyterrier_optical.base.files import lock_folder, writing
from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.index.arrays import save_rows
from pyterrier_optical.late.index.blocks import Block, WriteBlocks, blocks, digest_of, write_blocks_here, write_part
from pyterrier_optical.late.index.docnos import Docnos
from pyterrier_optical.late.index.encoding import Document, Notices, distinct, logger
from pyterrier_optical.late.index.journal import JOURNAL_FILE, FinishedShard, Journal
from pyterrier_optical.late.index.meta import META_FILE, IndexMeta, ShardEntry, next_generation
from pyterrier_optical.late.index.model_check import is_same_probe, probe_vectors, write_probe
from pyterrier_optical.late.index.parts import new_part, part_name, remove_other_parts
from pyterrier_optical.late.index.settings import IndexSettings
from pyterrier_optical.late.index.shard import Shard, subset

# Vectors of a shard after which compacting closes it.
SHARD_TOKENS = 500_000


@contextmanager
def changing(folder: Path, *, create: bool = False) -> Iterator[None]:
    """Keeps other processes from changing an index, and says in one sentence where it cannot be written.

    Args:
        folder: The index.
        create: Whether the folder may be missing or empty; a folder that becomes empty is removed.

    Raises:
        OpticalError: Another process is changing the index; the folder holds something else, or cannot be written.
    """
    with writing(folder, "path"):
        if create:
            folder.mkdir(parents=True, exist_ok=True)
            # A process that was killed at once may have left a journal that was not written to its end.
            found = [path.name for path in folder.iterdir() if not path.name.startswith(f".{JOURNAL_FILE}.")]
            if found and META_FILE not in found and JOURNAL_FILE not in found:
                raise OpticalError(f"'{folder}' holds something else than an index: choose another path.")
        try:
            lock = lock_folder(folder.resolve())
        except BlockingIOError as error:
            message = f"Another process is changing the index '{folder}': wait until it has finished."
            raise OpticalError(message) from error
        try:
            yield
        finally:
            with suppress(OSError):
                folder.rmdir()
            if lock is not None:
                os.close(lock)


def write_index(
    folder: Path,
    corpus: Iterable[Document],
    queries: TokenEncoder,
    documents: TokenEncoder,
    settings: IndexSettings,
    replaced: IndexMeta | None,
    *,
    write_blocks: WriteBlocks | None = None,
    verbose: bool = False,
) -> IndexMeta:
    """Encodes a corpus to an index, or goes on with one that was interrupted.

    Args:
        folder: Where; `changing`.
        corpus: The documents, a `Corpus`.
        queries: The query encoder that the index is bound to.
        documents: Encodes the documents.
        settings: What is written to the index.
        replaced: The index that is there and is replaced.
        write_blocks: Writes the shards; None: in this process.
        verbose: As for `pyterrier_optical.base.progress`.

    Returns:
        The new state, which is that of the folder.

    Raises:
        OpticalError: The corpus is empty or unfit, a docno comes twice, a document is too long and that is an error.
            What was encoded stays, for the next try.
    """
    generation = 0 if replaced is None else replaced.generation + 1
    journal = Journal(folder, {"index": generation, "settings": asdict(settings)})
    probe = part_name(generation, "model")
    same = (folder / probe).is_dir() and all(
        is_same_probe(probe_vectors(folder / probe, task), task, encoder, precision)
        for task, encoder, precision in zip(("query", "document"), (queries, documents), settings.dtype, strict=True)
    )
    if not same:
        journal.keep(0)
        with new_part(folder, probe) as part:
            write_probe(part, queries, documents)
    old = set(replaced.parts()) if replaced else set()
    with _made(folder, journal, old):
        write = write_blocks or write_blocks_here(folder, documents, settings.encoding)
        shards, docnos = _encode(folder, corpus, write, journal, generation, {*old, probe}, verbose=verbose)
        if not docnos:
            raise OpticalError("The corpus has no documents: there is nothing to index.")
        names = _write_docnos(folder, docnos, generation)
        meta = IndexMeta(generation, settings, probe, tuple(shards), (names,))
        meta.write(folder)
    remove_other_parts(folder, set(meta.parts()))
    return meta


def append_documents(
    folder: Path,
    meta: IndexMeta,
    corpus: Iterable[Document],
    write_blocks: WriteBlocks,
    known,
    *,
    verbose: bool = False,
) -> IndexMeta:
    """Encodes more documents to an index, or goes on with that where it was interrupted.

    Args:
        folder: The index; `changing`.
        meta: Its state.
        corpus: The documents, a `Corpus`.
        write_blocks: Writes the shards.
        known: Tells for a list of docnos the positions in the index, -1 where a docno is new.
        verbose: As for `pyterrier_optical.base.progress`.

    Returns:
        The new state, which is that of the folder.

    Raises:
        OpticalError: As `write_index`; a docno is in the index already.
    """
    generation = meta.generation + 1
    journal = Journal(folder, {"append": generation, "settings": asdict(meta.settings)})
    old = set(meta.parts())
    with _made(folder, journal, old):
        shards, docnos = _encode(folder, corpus, write_blocks, journal, generation, old, verbose=verbose, known=known)
        if docnos:
            names = (*meta.docnos, _write_docnos(folder, docnos, generation))
            meta = next_generation(meta, shards=(*meta.shards, *shards), docnos=names)
            meta.write(folder)
    remove_other_parts(folder, set(meta.parts()))
    return meta


@contextmanager
def _made(folder: Path, journal: Journal, old: Collection[str]) -> Iterator[None]:
    """Removes the journal when the change is made, and what is left of a change that had not finished a shard."""
    try:
        yield
    except BaseException:
        if not journal.finished:
            journal.remove()
            remove_other_parts(folder, old)
        raise
    journal.remove()


def delete_documents(folder: Path, meta: IndexMeta, positions: np.ndarray) -> IndexMeta:
    """Marks all documents at ``positions``, earlier deleted ones among them, as deleted; returns the new state."""
    name = part_name(meta.generation + 1, "deleted")
    with new_part(folder, name) as part:
        save_rows(part / "positions.npy", [np.unique(positions).astype(np.int64)])
    meta = next_generation(meta, deleted=(name, len(positions)))
    meta.write(folder)
    remove_other_parts(folder, set(meta.parts()))
    return meta


def compact_index(
    folder: Path, meta: IndexMeta, shards: Sequence[Shard], kept: np.ndarray, docnos: Sequence[str], *, verbose: bool
) -> IndexMeta:
    """Writes the documents that are not deleted anew, in shards of the usual size.

    Args:
        folder: The index; `changing`.
        meta: Its state.
        shards: Its shards.
        kept: (n_docs,) bool; False for deleted documents.
        docnos: The names of the kept ones.
        verbose: As for `pyterrier_optical.base.progress`.

    Returns:
        The new state, which is that of the folder.
    """
    generation = meta.generation + 1
    written: list[ShardEntry] = []
    pieces: list[Shard] = []
    first = 0
    for shard in progress(shards, desc="Compacting", unit="shard", verbose=verbose):
        pieces.append(subset(shard, kept[first : first + len(shard)]))
        first += len(shard)
        if sum(piece.tokens for piece in pieces) >= SHARD_TOKENS:
            written.append(write_part(folder, part_name(generation, len(written)), pieces))
            pieces = []
    if pieces and any(map(len, pieces)):
        written.append(write_part(folder, part_name(generation, len(written)), pieces))
    names = _write_docnos(folder, docnos, generation)
    meta = next_generation(meta, shards=tuple(written), docnos=(names,), deleted=None)
    meta.write(folder)
    (folder / JOURNAL_FILE).unlink(missing_ok=True)
    remove_other_parts(folder, set(meta.parts()))
    return meta


def _encode(
    folder: Path,
    corpus: Iterable[Document],
    write_blocks: WriteBlocks,
    journal: Journal,
    generation: int,
    kept: Collection[str],
    *,
    verbose: bool,
    known=None,
) -> tuple[list[ShardEntry], list[str]]:
    """Writes the documents that no finished shard has; returns all shards of the change, and all docnos."""
    seen: dict[str, None] = {}
    bar = progress(corpus, desc="Indexing documents", unit="doc", verbose=verbose, total=getattr(corpus, "count", None))
    documents = distinct(bar, seen)
    if known is not None:
        documents = _new(documents, known)
    unread = _read_finished(documents, journal)
    remove_other_parts(folder, {*kept, *(shard.entry.name for shard in journal.finished)})
    if journal.finished:
        logger.info("%d documents of '%s' were encoded before", len(seen) - len(unread), folder)
    digests: deque[str] = deque()

    def named() -> Iterator[Block]:
        for number, block in enumerate(blocks(chain(unread, documents)), start=len(journal.finished)):
            digests.append(digest_of(block))
            yield part_name(generation, number), block

    notices = Notices()
    for entry, found in write_blocks(named()):
        journal.add(FinishedShard(entry, digests.popleft()))
        notices.add(found)
    notices.warn()
    return [shard.entry for shard in journal.finished], [*seen]


def _read_finished(documents: Iterator[Document], journal: Journal) -> list[Document]:
    """Passes over the documents of finished shards; returns those read of the first one that the corpus differs in."""
    for number, shard in enumerate(journal.finished):
        read = list(islice(documents, shard.entry.documents))
        if digest_of(read) != shard.digest:
            logger.warning("The documents are not those of the interrupted run: encoding goes on where they differ")
            journal.keep(number)
            return read
    return []


def _new(documents: Iterator[Document], known) -> Iterator[Document]:
    for docno, text in documents:
        if known([docno])[0] >= 0:
            raise OpticalError(f"The docno {shown(docno)} is in the index already: delete it first, or leave it out.")
        yield docno, text


def _write_docnos(folder: Path, docnos: Sequence[str], generation: int) -> tuple[str, int]:
    name = part_name(generation, "docnos")
    with new_part(folder, name) as part:
        Docnos.of(docnos).write(part)
    return name, len(docnos)
