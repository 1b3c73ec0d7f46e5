"""The files of a PISA index that hold the documents: PISA's uncompressed collection and its lists of names.

Written here, in numpy: PISA's own indexer says each step on the standard output of the whole process, and writes in
the encoding of the locale.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from pyterrier_optical.retrieve.bm25.spool import Batch


def write_collection(folder: Path, batches: Iterable[Batch], terms: Mapping[str, int], num_docs: int) -> None:
    """Writes ``inv.docs``, ``inv.freqs``, ``inv.sizes``, ``fwd.terms``, ``fwd.documents`` and ``pt_meta.json``.

    A sequence is its length and its members, all uint32. ``inv.docs`` has [1, num_docs] and then, for each term in
    order of its bytes, the sequence of its documents' numbers; ``inv.freqs`` the sequence of its frequencies in these;
    ``inv.sizes`` is one sequence of the documents' lengths.

    Args:
        folder: Where to.
        batches: The documents.
        terms: Document frequency of each term, in order of their numbers.
        num_docs: Number of documents.
    """
    words = list(terms)
    ordered = sorted(range(len(words)), key=words.__getitem__)
    row_of = np.empty(len(words), np.int64)
    row_of[ordered] = np.arange(len(words))
    counts = np.fromiter(terms.values(), np.int64, len(words))[ordered]
    # One place before each list holds its length.
    lists = np.cumsum(counts + 1) - counts - 1
    owners, frequencies, lengths = (
        _reserve(folder / name, size)
        for name, size in (
            ("inv.docs", 2 + len(counts) + counts.sum()),
            ("inv.freqs", len(counts) + counts.sum()),
            ("inv.sizes", 1 + num_docs),
        )
    )
    owners[:2], lengths[0] = (1, num_docs), num_docs
    owners[2 + lists] = frequencies[lists] = counts
    following, number = lists + 1, 0
    with open(folder / "fwd.documents", "w", encoding="utf-8", newline="\n") as docnos:
        for batch in batches:
            rows, numbers = row_of[batch.terms], np.repeat(np.arange(len(batch.sizes)), batch.sizes)
            by_term = np.argsort(rows, kind="stable")
            found, starts, added = np.unique(rows[by_term], return_index=True, return_counts=True)
            places = np.repeat(following[found] - starts, added) + np.arange(len(rows))
            owners[2 + places], frequencies[places] = number + numbers[by_term], batch.times[by_term]
            following[found] += added
            until = number + len(batch.docnos)
            lengths[1 + number : 1 + until] = np.bincount(numbers, batch.times, len(batch.docnos))
            docnos.writelines(f"{docno}\n" for docno in batch.docnos)
            number = until
    for array in (owners, frequencies, lengths):
        array.flush()
    (folder / "fwd.terms").write_text(
        "".join(f"{words[number]}\n" for number in ordered), encoding="utf-8", newline="\n"
    )
    meta = {"type": "sparse_index", "format": "pisa", "package_hint": "pyterrier-pisa", "stemmer": "none"}
    (folder / "pt_meta.json").write_text(json.dumps(meta), encoding="utf-8")


def _reserve(path: Path, size: int) -> np.ndarray:
    """An array on disk, all of whose bytes have been set aside: writing to a mapped file on a full disk is fatal."""
    with open(path, "wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, 4 * int(size))
        file.truncate(4 * int(size))
    return np.memmap(path, np.uint32, "r+", shape=(int(size),))
