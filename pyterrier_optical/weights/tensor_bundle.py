"""Reading a TensorFlow checkpoint (a "tensor bundle") without TensorFlow.

A checkpoint ``NAME`` is an index, ``NAME.index``, and raw little-endian tensors in ``NAME.data-00000-of-00001``. The
index is a sorted string table as LevelDB writes it: blocks of entries whose keys share prefixes; a last block that says
where the others are; and a footer of 48 bytes that says where the last one is. A value is a protocol buffer
(``BundleEntryProto``) with type, shape, place and size of a tensor; the value of the empty key describes the whole.

TensorFlow itself is half a gigabyte, ties the versions of other packages and has no build for new versions of Python
for months, all for some hundred lines; a checkpoint in several files or with strings in it is refused here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pyterrier_optical.errors import OpticalError

_MAGIC = 0xDB4775248B80FB57
_FOOTER = 48
# Numbers of tensorflow/core/framework/types.proto.
_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}


@dataclass(frozen=True)
class Entry:
    """Where a tensor is.

    Attributes:
        dtype: The NumPy name of its type.
        shape: Its shape.
        offset: Its first byte in the data file.
        size: Its length in bytes.
    """

    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int


def read_bundle(prefix: Path) -> dict[str, np.ndarray]:
    """The variables of a checkpoint.

    Args:
        prefix: The path of the checkpoint without ``.index``.

    Returns:
        Arrays by the variables' names; they are mapped from the data file, not read.

    Raises:
        OpticalError: A file is missing, damaged, or of a form that is not read here.
    """
    data = prefix.with_name(f"{prefix.name}.data-00000-of-00001")
    try:
        entries = read_index(prefix.with_name(f"{prefix.name}.index").read_bytes())
        raw = np.memmap(data, np.uint8, "r")
        return {
            name: raw[entry.offset : entry.offset + entry.size].view(entry.dtype).reshape(entry.shape)
            for name, entry in entries.items()
        }
    except (OSError, ValueError, IndexError, struct.error, UnicodeDecodeError) as error:
        if isinstance(error, OpticalError):
            raise
        raise OpticalError(f"The TensorFlow checkpoint '{prefix}' cannot be read ({error}): fetch it again.") from error


def read_index(data: bytes) -> dict[str, Entry]:
    """The entries of an index file.

    Args:
        data: The file.

    Raises:
        OpticalError: The file is no index, is compressed, or its tensors are in several files or of another type.
    """
    if len(data) < _FOOTER or struct.unpack_from("<Q", data, len(data) - 8)[0] != _MAGIC:
        raise OpticalError("The file is no index of a TensorFlow checkpoint: give the one that ends in '.index'.")
    footer = data[-_FOOTER:]
    _, at = _varint(footer, 0)
    _, at = _varint(footer, at)
    blocks = _block(data, *_handle(footer, at))
    values = dict(pair for _, handle in blocks for pair in _block(data, *_handle(handle, 0)))
    header = _message(values.pop(b"", b""))
    if header.get(1, [1])[-1] != 1 or header.get(2, [0])[-1] != 0:
        raise OpticalError(
            "The TensorFlow checkpoint is in several files or big-endian: save it in one, little-endian."
        )
    return {name.decode(): _entry(name.decode(), _message(value)) for name, value in values.items()}


def _entry(name: str, fields: dict[int, list]) -> Entry:
    dtype = fields.get(1, [0])[-1]
    if dtype not in _TYPES or 7 in fields:
        raise OpticalError(f"The variable '{name}' has type {dtype} or is in slices: only whole numeric ones are read.")
    dims = _message(fields.get(2, [b""])[-1]).get(2, [])
    shape = tuple(_message(dim).get(1, [0])[-1] for dim in dims)
    return Entry(_TYPES[dtype], shape, fields.get(4, [0])[-1], fields.get(5, [0])[-1])


def _block(data: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    if data[offset + size] != 0:
        raise OpticalError("The index of the TensorFlow checkpoint is compressed: save it without compression.")
    block = data[offset : offset + size]
    (restarts,) = struct.unpack_from("<I", block, size - 4)
    end, at, key = size - 4 * (restarts + 1), 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + fresh]
        yield key, block[at + fresh : at + fresh + length]
        at += fresh + length


def _handle(data: bytes, at: int) -> tuple[int, int]:
    offset, at = _varint(data, at)
    return offset, _varint(data, at)[0]


def _message(data: bytes) -> dict[int, list]:
    """The fields of a protocol buffer, by number, each with its values in order: numbers, or bytes."""
    fields: dict[int, list] = {}
    at = 0
    value: int | bytes
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
        elif kind == 2:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        else:  # 5 and 1: numbers of four and eight bytes
            size = 4 if kind == 5 else 8
            value, at = int.from_bytes(data[at : at + size], "little"), at + size
        fields.setdefault(tag >> 3, []).append(value)
    return fields


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        shift, at = shift + 7, at + 1
        if byte < 128:
            return value, at
