"""The words of a corpus as numbers, in one file, from which an engine's index is made without the corpus.

A file is a sequence of batches. A batch is four arrays, each after the number of its bytes in eight bytes: the docnos
in UTF-8, a line each; how many terms each document has; the numbers of these terms; and how often each occurs in its
document. The last three are uint32.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

# Documents whose words are in memory at once.
_AT_ONCE = 10_000


class Batch(NamedTuple):
    """Some documents.

    Attributes:
        docnos: Of each.
        sizes: (n_docs,) uint32, the number of its terms.
        terms: (n,) uint32, the numbers of the terms of the first, ascending, then those of the second, and so on.
        times: (n,) uint32, how often each occurs in its document.
    """

    docnos: list[str]
    sizes: np.ndarray
    terms: np.ndarray
    times: np.ndarray

    def texts(self, words: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Each docno and its terms, each as often as it occurs, with spaces between; terms have these words."""
        occurrences = [words[term] for term in np.repeat(self.terms, self.times).tolist()]
        up_to = np.append(0, np.cumsum(self.times, dtype=np.int64))
        start = 0
        for docno, end in zip(self.docnos, up_to[np.cumsum(self.sizes, dtype=np.int64)].tolist(), strict=True):
            yield docno, " ".join(occurrences[start:end])
            start = end


class Spool:
    """Writes the words of documents to a file.

    Args:
        file: Open for writing.

    Example:
        >>> import io
        >>> spool = Spool(io.BytesIO())
        >>> spool.add("d1", ["tea", "for", "tea"]), spool.add("d2", ["tea"])
        (None, None)
        >>> spool.finish()
        {'tea': 2, 'for': 1}
    """

    def __init__(self, file: BinaryIO):
        self._file = file
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._frequencies = np.zeros(0, np.int64)
        self._clear()

    def add(self, docno: str, words: Iterable[str]) -> None:
        """Takes in one document; its docno has no line break."""
        before = len(self._words)
        self._words.extend(map(self._numbers.__getitem__, words))
        self._lengths.append(len(self._words) - before)
        self._docnos.append(docno)
        if len(self._docnos) == _AT_ONCE:
            self._write()

    def finish(self) -> dict[str, int]:
        """Writes what is left, and returns the terms in order of their numbers, with their document frequencies."""
        self._write()
        return dict(zip(self._numbers, self._frequencies.tolist(), strict=True))

    def _clear(self) -> None:
        self._docnos: list[str] = []
        self._lengths, self._words = array("q"), array("q")

    def _write(self) -> None:
        if not self._docnos:
            return
        owners = np.repeat(np.arange(len(self._docnos)), self._lengths)
        places = owners * len(self._numbers) + np.frombuffer(self._words, np.int64)
        places, times = np.unique(places, return_counts=True)
        owners, terms = np.divmod(places, max(1, len(self._numbers)))
        sizes = np.bincount(owners, minlength=len(self._docnos))
        frequencies = np.bincount(terms, minlength=len(self._numbers))
        frequencies[: len(self._frequencies)] += self._frequencies
        self._frequencies = frequencies
        parts = [
            "\n".join(self._docnos).encode(),
            *(part.astype(np.uint32).tobytes() for part in (sizes, terms, times)),
        ]
        for part in parts:
            self._file.write(len(part).to_bytes(8, "little"))
            self._file.write(part)
        self._clear()


def spooled(path: Path) -> Iterator[Batch]:
    """The batches of a file that a `Spool` wrote."""
    with open(path, "rb") as file:
        while length := file.read(8):
            docnos = file.read(int.from_bytes(length, "little")).decode().split("\n")
            parts = (file.read(int.from_bytes(file.read(8), "little")) for _ in range(3))
            yield Batch(docnos, *(np.frombuffer(part, np.uint32) for part in parts))
