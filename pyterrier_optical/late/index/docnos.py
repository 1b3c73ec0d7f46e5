"""The names of an index's documents in NumPy arrays: position to docno, and docno to position."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pyterrier_optical.late.index.arrays import load_array, save_rows


class Docnos:
    """Some docnos and where each stands.

    Args:
        text: (bytes,) uint8; the docnos in UTF-8, one after the other.
        ends: (n,) int64; where each ends in ``text``.
        hashes: (n,) uint64, sorted; a hash of each docno.
        order: (n,) int64; the position of the docno of each hash.

    Example:
        >>> docnos = Docnos.of(["d1", "क-2"])
        >>> docnos[np.array([1, 0])].tolist(), docnos.positions(["d1", "d7", "क-2"]).tolist()
        (['क-2', 'd1'], [0, -1, 1])
    """

    def __init__(self, text: np.ndarray, ends: np.ndarray, hashes: np.ndarray, order: np.ndarray):
        self.text, self.ends, self.hashes, self.order = text, ends, hashes, order

    @classmethod
    def of(cls, docnos: Sequence[str]) -> "Docnos":
        """Takes in distinct docnos, in their order."""
        encoded = [docno.encode() for docno in docnos]
        text = np.frombuffer(b"".join(encoded), np.uint8)
        ends = np.fromiter(map(len, encoded), np.int64, len(encoded)).cumsum()
        hashes = _hashes(encoded)
        order = np.argsort(hashes, kind="stable")
        return cls(text, ends, hashes[order], order)

    @classmethod
    def open(cls, folder: Path) -> "Docnos":
        """Reads what `write` wrote.

        Raises:
            ValueError: The arrays do not fit together.
            OSError: A file is missing.
        """
        docnos = cls(*(load_array(folder / f"{name}.npy") for name in ("text", "ends", "hashes", "order")))
        if not len(docnos.ends) == len(docnos.hashes) == len(docnos.order):
            raise ValueError(f"the arrays of '{folder}' have different lengths")
        return docnos

    def write(self, folder: Path) -> None:
        """Writes the arrays to a folder."""
        for name in ("text", "ends", "hashes", "order"):
            save_rows(folder / f"{name}.npy", [getattr(self, name)])

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, positions: np.ndarray) -> np.ndarray:
        """The docnos at an array of positions, as objects."""
        out = np.empty(len(positions), object)
        out[:] = [self._bytes(position).decode() for position in positions.tolist()]
        return out

    def positions(self, docnos: Sequence[str]) -> np.ndarray:
        """(n,) int64: where each docno stands; -1 for one that is not there."""
        encoded = [docno.encode("utf-8", "surrogatepass") for docno in docnos]
        hashes = _hashes(encoded)
        starts, ends = (np.searchsorted(self.hashes, hashes, side) for side in ("left", "right"))
        found = np.full(len(encoded), -1)
        for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            for position in self.order[start:end].tolist():
                if self._bytes(position) == encoded[number]:
                    found[number] = position
        return found

    def _bytes(self, position: int) -> bytes:
        start = int(self.ends[position - 1]) if position else 0
        return self.text[start : int(self.ends[position])].tobytes()


class IndexDocnos:
    """The docnos of an index that has grown: those of each change, one after the other.

    Args:
        parts: The docnos of the changes.
        deleted: (n_docs,) bool; documents whose docnos are free again.

    Example:
        >>> parts = [Docnos.of(["a", "b"]), Docnos.of(["a"])]
        >>> docnos = IndexDocnos(parts, np.array([True, False, False]))
        >>> docnos.positions(["a", "b", "c"]).tolist(), docnos[np.array([2, 0, 1])].tolist()
        ([2, 1, -1], ['a', 'a', 'b'])
    """

    def __init__(self, parts: Sequence[Docnos], deleted: np.ndarray):
        self.parts = list(parts)
        self.deleted = deleted
        self._starts = np.cumsum([0, *map(len, self.parts)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, positions: np.ndarray) -> np.ndarray:
        """The docnos at an array of positions, as objects."""
        positions = np.asarray(positions)
        owner = np.searchsorted(self._starts, positions, side="right") - 1
        out = np.empty(len(positions), object)
        for number in np.unique(owner).tolist():
            mine = owner == number
            out[mine] = self.parts[number][positions[mine] - self._starts[number]]
        return out

    def positions(self, docnos: Sequence[str]) -> np.ndarray:
        """(n,) int64: where each docno stands; -1 for one that is not there or deleted."""
        found = np.full(len(docnos), -1)
        for part, start in zip(self.parts, self._starts.tolist(), strict=False):
            mine = part.positions(docnos)
            known = np.flatnonzero(mine >= 0)
            known = known[~self.deleted[mine[known] + start]]
            found[known] = mine[known] + start
        return found


def _hashes(encoded: Sequence[bytes]) -> np.ndarray:
    digests = b"".join(hashlib.blake2b(docno, digest_size=8).digest() for docno in encoded)
    return np.frombuffer(digests, "<u8").astype(np.uint64)
