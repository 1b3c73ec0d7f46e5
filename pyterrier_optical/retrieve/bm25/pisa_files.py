"""The files of a PISA index that hold the documents: PISA's uncompressed collection and its lists of names.

Written here, in numpy: PISA's own indexer says each step on the standard output of the whole process, and writes in
the encoding of the locale.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np

# Documents whose words are in memory at once.
_AT_ONCE = 10_000


def write_collection(
    folder: Path, documents: Iterable[tuple[str, dict[str, int]]], terms: Mapping[str, int], num_docs: int
) -> None:
    """Writes ``inv.docs``, ``inv.freqs``, ``inv.sizes``, ``fwd.terms``, ``fwd.documents`` and ``pt_meta.json``.

    A sequence is its length and its members, all uint32. ``inv.docs`` has [1, num_docs] and then, for each term in
    order of its bytes, the sequence of its documents' numbers; ``inv.freqs`` the sequence of its frequencies in these;
    ``inv.sizes`` is one sequence of the documents' lengths.

    Args:
        folder: Where to.
        documents: Docno and term frequencies of each document.
        terms: Document frequency of each term.
        num_docs: Number of documents.
    """
    ordered = sorted(terms)
    row_of = {term: row for row, term in enumerate(ordered)}
    counts = np.fromiter(map(terms.__getitem__, ordered), np.int64, len(ordered))
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
        for batch in _batches(documents):
            sizes = [len(toks) for _, toks in batch]
            rows = np.fromiter((row_of[term] for _, toks in batch for term in toks), np.int64, sum(sizes))
            times = np.fromiter((count for _, toks in batch for count in toks.values()), np.uint32, len(rows))
            numbers = np.repeat(np.arange(number, number + len(batch)), sizes)
            by_term = np.argsort(rows, kind="stable")
            found, starts, added = np.unique(rows[by_term], return_index=True, return_counts=True)
            places = np.repeat(following[found] - starts, added) + np.arange(len(rows))
            owners[2 + places], frequencies[places] = numbers[by_term], times[by_term]
            following[found] += added
            lengths[1 + number : 1 + number + len(batch)] = [sum(toks.values()) for _, toks in batch]
            docnos.writelines(f"{docno}\n" for docno, _ in batch)
            number += len(batch)
    for array in (owners, frequencies, lengths):
        array.flush()
    (folder / "fwd.terms").write_text("".join(f"{term}\n" for term in ordered), encoding="utf-8", newline="\n")
    meta = {"type": "sparse_index", "format": "pisa", "package_hint": "pyterrier-pisa", "stemmer": "none"}
    (folder / "pt_meta.json").write_text(json.dumps(meta), encoding="utf-8")


def _reserve(path: Path, size: int) -> np.ndarray:
    """An array on disk, all of whose bytes have been set aside: writing to a mapped file on a full disk is fatal."""
    with open(path, "wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, 4 * int(size))
        file.truncate(4 * int(size))
    return np.memmap(path, np.uint32, "r+", shape=(int(size),))


def _batches(documents: Iterable[tuple[str, dict[str, int]]]) -> Iterator[list[tuple[str, dict[str, int]]]]:
    documents = iter(documents)
    while batch := list(islice(documents, _AT_ONCE)):
        yield batch
