"""The token vectors of a corpus, in memory or mapped from a folder: what searches and rerankers read."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index.shard import Block, Shard
from pyterrier_optical.late.ragged import rows_of

# Vectors that are copied to float32, and to the accelerator, at a time: 100,000 of width 384 are 150 MB.
BLOCK_TOKENS = 100_000


class TokenIndex:
    """Documents as token vectors, one shard after the other.

    Args:
        docnos: the documents' names; an array of positions in square brackets gives an array of names.
        shards: the documents, in the same order.
        dim: the width of a vector.
        deleted: positions of documents that no search finds.

    Example:
        >>> vectors = TokenVectors(torch.eye(4), torch.tensor([0, 1, 3, 4]))
        >>> shard = Shard.of(Block(vectors, torch.tensor([2, 1])))
        >>> index = TokenIndex(np.array(["a", "b"], object), [shard], dim=4)
        >>> len(index), index.spans(3), index.select([1]).passages.values.shape
        (2, [(0, 1), (1, 2)], torch.Size([1, 4]))
    """

    def __init__(self, docnos, shards: Sequence[Shard], dim: int, deleted: np.ndarray | None = None):
        self.docnos = docnos
        self.shards = list(shards)
        self.dim = dim
        self.parts = _joined([shard.parts for shard in shards])
        self.lengths = _joined([shard.lengths for shard in shards])
        self._offsets = _starts(self.lengths)
        self._first_passage = _starts(self.parts)
        self._first_document = _starts(torch.tensor([len(shard) for shard in shards], dtype=torch.int64)).tolist()
        self._first_row = _starts(torch.tensor([shard.tokens for shard in shards], dtype=torch.int64)).tolist()
        self._rows = self._offsets[self._first_passage]
        self.searchable = self.sizes > 0
        if deleted is not None:
            self.searchable[torch.as_tensor(deleted)] = False

    def __len__(self) -> int:
        return len(self.parts)

    @cached_property
    def sizes(self) -> Tensor:
        """(n_docs,) int64: the number of vectors of each document."""
        return self._rows.diff()

    def spans(self, tokens: int = BLOCK_TOKENS) -> list[tuple[int, int]]:
        """All documents as neighbouring spans ``(first, last + 1)`` of at most so many vectors, or one document.

        No span lies in two shards.
        """
        sizes = self.sizes
        return [
            (start + first, start + end)
            for start, stop in zip(self._first_document, self._first_document[1:], strict=False)
            for first, end in spans_by_size(sizes[start:stop], tokens)
        ]

    def span(self, first: int, end: int) -> Block:
        """The documents from ``first`` up to ``end``, which is left out; both lie in one shard."""
        if first == end:
            return self.select([])
        number = int(np.searchsorted(self._first_document, first, side="right")) - 1
        row = self._first_row[number]
        values = self.shards[number].vectors.rows(int(self._rows[first]) - row, int(self._rows[end]) - row)
        offsets = self._offsets[int(self._first_passage[first]) : int(self._first_passage[end]) + 1]
        return Block(TokenVectors(values, offsets - offsets[0]), self.parts[first:end])

    def select(self, positions) -> Block:
        """The documents at ``positions``, in that order."""
        positions = torch.as_tensor(positions, dtype=torch.int64)
        starts, ends = self._rows[positions], self._rows[positions + 1]
        numbers = np.searchsorted(self._first_document, positions.numpy(), side="right") - 1
        values = torch.empty(int((ends - starts).sum()), self.dim)
        at = 0
        # A document's rows lie side by side: copying them one document at a time is faster than gathering rows.
        for number, start, end in zip(numbers.tolist(), starts.tolist(), ends.tolist(), strict=True):
            row = self._first_row[number]
            after = at + end - start
            self.shards[number].vectors.copy_rows(start - row, end - row, values[at:after])
            at = after
        parts = self.parts[positions]
        passages = rows_of(self._first_passage[positions], parts)
        return Block(TokenVectors(values, _starts(self.lengths[passages])), parts)

    def means(self) -> Iterator[tuple[int, Tensor]]:
        """Per shard its first position, and (n_docs, d) float16 means of each document's vectors, of unit length."""
        return zip(self._first_document, (shard.means for shard in self.shards), strict=False)


def spans_by_size(sizes: Tensor, most: int) -> list[tuple[int, int]]:
    """Neighbouring spans whose sizes add up to ``most`` at most, or of one item that is larger.

    Example:
        >>> spans_by_size(torch.tensor([2, 2, 9, 1]), 4)
        [(0, 2), (2, 3), (3, 4)]
    """
    ends = sizes.cumsum(0)
    spans, first = [], 0
    while first < len(sizes):
        before = int(ends[first - 1]) if first else 0
        end = max(first + 1, int(torch.searchsorted(ends, before + most, right=True)))
        spans.append((first, end))
        first = end
    return spans


def _joined(tensors: list[Tensor]) -> Tensor:
    return torch.cat(tensors) if tensors else torch.zeros(0, dtype=torch.int64)


def _starts(lengths: Tensor) -> Tensor:
    """Where each of some neighbouring ranges starts, and where the last one ends."""
    return torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
