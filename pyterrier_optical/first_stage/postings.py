"""Postings of an index as plain arrays on disk: which documents a term is in, and how often.

The engines have them too, but give them out for weighted sums of terms only. Structured queries need the numbers.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np

FILES = ("postings_documents.npy", "postings_frequencies.npy", "document_lengths.npy")
DOCNOS_FILE = "docnos.txt"


def write_postings(folder: Path, documents: Iterable[tuple[str, dict[str, int]]], terms: Mapping[str, int]) -> None:
    """Writes the postings of an index, term after term, without holding them in memory.

    Args:
        folder: The index folder.
        documents: Docno and term frequencies of each document.
        terms: Document frequency of each term, in the order in which the index keeps them.
    """
    starts = np.cumsum([0, *terms.values()], dtype=np.int64)
    row_of = {term: row for row, term in enumerate(terms)}
    following = starts[:-1].copy()
    owners, frequencies = (_create(folder / name, int(starts[-1])) for name in FILES[:2])
    lengths = []
    with open(folder / DOCNOS_FILE, "w", encoding="utf-8", newline="\n") as docnos:
        for number, (docno, toks) in enumerate(documents):
            rows = np.fromiter((row_of[term] for term in toks), np.int64, len(toks))
            places = following[rows]
            owners[places] = number
            frequencies[places] = np.fromiter(toks.values(), np.uint32, len(toks))
            following[rows] += 1
            lengths.append(sum(toks.values()))
            docnos.write(f"{docno}\n")
    owners.flush()
    frequencies.flush()
    np.save(folder / FILES[2], np.array(lengths, np.uint32), allow_pickle=False)


def _create(path: Path, length: int) -> np.ndarray:
    # An empty file cannot be mapped.
    return np.lib.format.open_memmap(path, "w+", np.uint32, (max(length, 1),))


class Postings:
    """The postings that :func:`write_postings` wrote; they are read from disk as they are asked for.

    Args:
        folder: The index folder.
        terms: Document frequency of each term, in the order of the index.

    Attributes:
        lengths: (n_docs,) uint32, the words in each document.
    """

    def __init__(self, folder: Path, terms: Mapping[str, int]):
        starts = np.cumsum([0, *terms.values()], dtype=np.int64)
        self._ends = dict(zip(terms, zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True), strict=True))
        self._documents, self._frequencies = (
            np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in FILES[:2]
        )
        self.lengths = np.load(folder / FILES[2], allow_pickle=False)
        self._docnos_file = folder / DOCNOS_FILE

    def __getitem__(self, term: str) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the documents that a term is in, in order, and how often it is in each."""
        start, end = self._ends[term]
        return np.asarray(self._documents[start:end]), np.asarray(self._frequencies[start:end])

    @cached_property
    def docnos(self) -> np.ndarray:
        """(n_docs,) the docno of each document."""
        with open(self._docnos_file, encoding="utf-8", newline="\n") as file:
            return np.array([line.rstrip("\n") for line in file], object)
