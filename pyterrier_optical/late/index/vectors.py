"""Unit vectors as they are stored: float32, float16, or 8-bit integers with one scale a vector."""

from dataclasses import dataclass

import torch
from torch import Tensor

from pyterrier_optical.checkpoint.int8 import quantised_rows


@dataclass
class StoredVectors:
    """Vectors in the precision in which they are stored, on the CPU, in memory or in a memory map.

    Args:
        values: (n, d) float32, float16 or int8.
        scales: (n,) float32, by which int8 rows are multiplied; None for the other precisions.

    Example:
        >>> stored = StoredVectors.of(torch.tensor([[0.6, 0.8], [1.0, 0.0]]), "int8")
        >>> stored.values.tolist(), stored.rows(1, 2).tolist()
        ([[95, 127], [127, 0]], [[1.0, 0.0]])
    """

    values: Tensor
    scales: Tensor | None = None

    @classmethod
    def of(cls, vectors: Tensor, precision: str) -> "StoredVectors":
        """Stores (n, d) float32 vectors in one of `settings.PRECISIONS`."""
        vectors = vectors.cpu()
        if precision != "int8":
            return cls(vectors.to(getattr(torch, precision)))
        values, scales = quantised_rows(vectors)
        return cls(values, scales[:, 0])

    def __len__(self) -> int:
        return len(self.values)

    def rows(self, first: int, end: int) -> Tensor:
        """(end - first, d) float32: the vectors from ``first`` up to ``end``, which is left out."""
        out = torch.empty(end - first, self.values.shape[1])
        self.copy_rows(first, end, out)
        return out

    def copy_rows(self, first: int, end: int, out: Tensor) -> None:
        """Writes the vectors from ``first`` up to ``end`` to ``out``, (end - first, d) float32."""
        out.copy_(self.values[first:end])
        if self.scales is not None:
            out.mul_(self.scales[first:end, None])
