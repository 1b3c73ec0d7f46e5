"""NumPy files: written a block of rows at a time, read whole or mapped into memory. Nothing is unpickled."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def save_rows(path: Path, blocks: Sequence[np.ndarray]) -> None:
    """Writes arrays that differ in their first dimension only as one array, to the disk.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "rows.npy"
        >>> save_rows(file, [np.array([[1, 2]]), np.array([[3, 4], [5, 6]])])
        >>> load_array(file).tolist(), map_array(file).tolist()
        ([[1, 2], [3, 4], [5, 6]], [[1, 2], [3, 4], [5, 6]])
    """
    shape = (sum(map(len, blocks)), *blocks[0].shape[1:])
    header = {"descr": np.lib.format.dtype_to_descr(blocks[0].dtype), "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for block in blocks:
            file.write(np.ascontiguousarray(block).data)
        file.flush()
        os.fsync(file.fileno())


def load_array(path: Path) -> np.ndarray:
    """The array of a file, in memory."""
    return np.load(path, allow_pickle=False)


def map_array(path: Path) -> Tensor:
    """The array of a file as a tensor whose pages are read when they are used.

    The file is closed again: an index may have more shards than a process may have open files.

    Raises:
        ValueError: The file is no array, or shorter than its header says.
    """
    with path.open("rb") as file:
        if np.lib.format.read_magic(file) != (1, 0):
            raise ValueError(f"'{path}' has another version of the format")
        shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
        start = file.tell()
    numbers = math.prod(shape)
    if by_column or start % dtype.itemsize or path.stat().st_size != start + numbers * dtype.itemsize:
        raise ValueError(f"'{path}' is not as long as it says")
    skipped = start // dtype.itemsize
    kind = torch.from_numpy(np.zeros(0, dtype)).dtype
    return torch.from_file(str(path), shared=False, size=skipped + numbers, dtype=kind)[skipped:].view(shape)
