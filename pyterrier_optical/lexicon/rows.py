"""The words of a language and their rows, in arrays: a sixth of the memory of a dict."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

import numpy as np


class WordRows(Mapping[str, int]):
    """The row of each word, as ``{word: row for row, word in enumerate(words)}`` has it.

    Args:
        words: Distinct words without line breaks.

    Example:
        >>> rows = WordRows(["paka", "mto"])
        >>> rows["mto"], rows.get("maji"), "paka" in rows, list(rows)
        (1, None, True, ['paka', 'mto'])
    """

    def __init__(self, words: Sequence[str]):
        self._text = "\n".join([*words, ""]).encode()
        self._ends = np.flatnonzero(np.frombuffer(self._text, np.uint8) == ord("\n")).astype(np.int32)
        hashes = np.fromiter(map(hash, words), np.int64, len(words))
        self._order = np.argsort(hashes, kind="stable").astype(np.int32)
        # Bisecting a NumPy array would make an object of each number that it looks at.
        self._hashes = array("q", hashes[self._order].tobytes())

    def __getitem__(self, word: str) -> int:
        value = hash(word)
        place = bisect_left(self._hashes, value)
        while place < len(self) and self._hashes[place] == value:
            row = int(self._order[place])
            if self._word(row) == word:
                return row
            place += 1
        raise KeyError(word)

    def __iter__(self) -> Iterator[str]:
        return iter(self._text.decode().split("\n")[:-1])

    def __len__(self) -> int:
        return len(self._ends)

    def __reduce__(self):
        """Hashes of texts differ between processes."""
        return type(self), ([*self],)

    def _word(self, row: int) -> str:
        start = int(self._ends[row - 1]) + 1 if row else 0
        return self._text[start : int(self._ends[row])].decode()
