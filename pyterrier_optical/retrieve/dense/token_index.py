"""The token vectors of a corpus in memory."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.ragged import rows_of

# Vectors that are copied to float32, and to the accelerator, at a time: 100,000 of width 384 are 150 MB.
BLOCK_TOKENS = 100_000


@dataclass
class Block:
    """The vectors of some documents, in float32.

    Args:
        passages: one entry for each passage.
        parts: (n_docs,) int64 on the CPU; the number of passages of each document, one after the other.
    """

    passages: TokenVectors
    parts: Tensor


@dataclass
class TokenIndex:
    """Documents as token vectors, read in blocks: whatever offers the same attributes and methods can be searched.

    Args:
        docnos: (n_docs,) objects, the documents' names.
        passages: the vectors of all passages in corpus order, in the precision they are stored in, on the CPU.
        parts: (n_docs,) int64; the number of passages of each document, at least 1.

    Example:
        >>> vectors = TokenVectors(torch.eye(4).half(), torch.tensor([0, 1, 3, 4]))
        >>> index = TokenIndex(np.array(["a", "b"], object), vectors, torch.tensor([2, 1]))
        >>> len(index), index.spans(3), index.select([1]).passages.values.shape
        (2, [(0, 1), (1, 2)], torch.Size([1, 4]))
    """

    docnos: np.ndarray
    passages: TokenVectors
    parts: Tensor

    def __len__(self) -> int:
        return len(self.docnos)

    @cached_property
    def _first_passage(self) -> Tensor:
        return torch.cat([torch.zeros(1, dtype=torch.int64), self.parts.cumsum(0)])

    @cached_property
    def sizes(self) -> Tensor:
        """(n_docs,) int64: the number of vectors of each document."""
        return self.passages.offsets[self._first_passage].diff()

    def spans(self, tokens: int = BLOCK_TOKENS) -> list[tuple[int, int]]:
        """All documents as neighbouring spans ``(first, last + 1)`` of at most so many vectors, or one document."""
        return spans_by_size(self.sizes, tokens)

    def span(self, first: int, end: int) -> Block:
        """The documents from ``first`` up to ``end``, which is left out."""
        passage, after = int(self._first_passage[first]), int(self._first_passage[end])
        offsets = self.passages.offsets[passage : after + 1]
        values = self.passages.values[int(offsets[0]) : int(offsets[-1])].float()
        return Block(TokenVectors(values, offsets - offsets[0]), self.parts[first:end])

    def select(self, positions) -> Block:
        """The documents at ``positions``, in that order."""
        positions = torch.as_tensor(positions)
        parts = self.parts[positions]
        passages = rows_of(self._first_passage[positions], parts)
        lengths = self.passages.lengths[passages]
        rows = rows_of(self.passages.offsets[passages], lengths)
        offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
        return Block(TokenVectors(self.passages.values.index_select(0, rows).float(), offsets), parts)

    @cached_property
    def means(self) -> Tensor:
        """(n_docs, d) float32: the mean of each document's vectors, of unit length."""
        return torch.cat([mean_vectors(self.span(*ends)) for ends in self.spans()])


def mean_vectors(block: Block) -> Tensor:
    """The mean of each document's vectors, of unit length: (n_docs, d) float32."""
    passages, parts = block.passages, block.parts
    owner = torch.repeat_interleave(torch.repeat_interleave(torch.arange(len(parts)), parts), passages.lengths)
    sums = torch.zeros(len(parts), passages.dim, device=passages.values.device)
    return normalize(sums.index_add_(0, owner.to(sums.device), passages.values), dim=1)


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
