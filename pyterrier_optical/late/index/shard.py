"""A run of neighbouring documents as token vectors, in memory or in a folder of the index."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index.arrays import load_array, map_array, save_rows
from pyterrier_optical.late.index.vectors import StoredVectors

#: The files of a shard that are mapped: opening compares their sizes, `OpticalIndex.verify` their bytes.
MAPPED_FILES = ("vectors.npy", "scales.npy", "means.npy")


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
class Shard:
    """Documents as token vectors.

    Args:
        vectors: the vectors of all passages, one after the other.
        lengths: (n_passages,) int64; the number of vectors of each passage.
        parts: (n_docs,) int64; the number of passages of each document, at least 1.
        means: (n_docs, d) float16; the mean of each document's vectors, of unit length; zeros without vectors.
    """

    vectors: StoredVectors
    lengths: Tensor
    parts: Tensor
    means: Tensor

    @classmethod
    def of(cls, block: Block, precision: str = "float16") -> "Shard":
        """Stores the vectors of some documents.

        Args:
            block: the documents.
            precision: one of `settings.PRECISIONS`.
        """
        means = mean_vectors(block).half().cpu()
        return cls(StoredVectors.of(block.passages.values, precision), block.passages.lengths, block.parts, means)

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def tokens(self) -> int:
        """The number of vectors."""
        return len(self.vectors)


def write_shard(folder: Path, shards: Sequence[Shard]) -> None:
    """Writes shards of one precision, one after the other, as one.

    Args:
        folder: Where ``vectors.npy``, ``lengths.npy``, ``parts.npy``, ``means.npy`` and, for int8, ``scales.npy`` go.
        shards: At least one.
    """
    save_rows(folder / "vectors.npy", [shard.vectors.values.numpy() for shard in shards])
    scales = [shard.vectors.scales.numpy() for shard in shards if shard.vectors.scales is not None]
    if scales:
        save_rows(folder / "scales.npy", scales)
    save_rows(folder / "lengths.npy", [shard.lengths.numpy().astype(np.int32) for shard in shards])
    save_rows(folder / "parts.npy", [shard.parts.numpy().astype(np.int32) for shard in shards])
    save_rows(folder / "means.npy", [shard.means.numpy() for shard in shards])


def open_shard(folder: Path) -> Shard:
    """Opens what `write_shard` wrote; vectors stay on the disk until they are read.

    Raises:
        ValueError: The arrays do not fit together.
        OSError: A file is missing.
    """
    scales = folder / "scales.npy"
    vectors = StoredVectors(map_array(folder / "vectors.npy"), map_array(scales) if scales.exists() else None)
    lengths = torch.from_numpy(load_array(folder / "lengths.npy").astype(np.int64))
    parts = torch.from_numpy(load_array(folder / "parts.npy").astype(np.int64))
    shard = Shard(vectors, lengths, parts, map_array(folder / "means.npy"))
    fits = int(lengths.sum()) == len(vectors) and int(parts.sum()) == len(lengths) and len(shard.means) == len(parts)
    if not fits or (vectors.scales is not None and len(vectors.scales) != len(vectors)):
        raise ValueError(f"the arrays of '{folder}' have different lengths")
    return shard


def subset(shard: Shard, kept: np.ndarray) -> Shard:
    """Some of a shard's documents, in memory, as they are stored.

    Args:
        shard: The documents.
        kept: (n_docs,) bool; which of them.
    """
    documents = torch.as_tensor(kept, dtype=torch.bool)
    passages = torch.repeat_interleave(documents, shard.parts)
    rows = torch.repeat_interleave(passages, shard.lengths)
    scales = shard.vectors.scales
    vectors = StoredVectors(shard.vectors.values[rows], None if scales is None else scales[rows])
    return Shard(vectors, shard.lengths[passages], shard.parts[documents], shard.means[documents])


def mean_vectors(block: Block) -> Tensor:
    """The mean of each document's vectors, of unit length: (n_docs, d) float32."""
    passages, parts = block.passages, block.parts
    owner = torch.repeat_interleave(torch.repeat_interleave(torch.arange(len(parts)), parts), passages.lengths)
    sums = torch.zeros(len(parts), passages.dim, device=passages.values.device)
    return normalize(sums.index_add_(0, owner.to(sums.device), passages.values), dim=1)
