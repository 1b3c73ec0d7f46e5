"""Compact checkpoints: word embeddings in four bits, on disk and in memory, and linear layers in eight bits on disk.

A multilingual vocabulary is most of a small model: 250,002 pieces of 384 numbers are 384 MB in float32 and 54 MB in
four-bit blocks (see `.q4`). Only the rows that a text needs are expanded. Linear layers have a scale
for each output (see `.int8`) and are expanded when the checkpoint is loaded.

The format is a quantisation method of transformers, `optical-compact`, so that `MultiVectorEncoder(folder)` loads it
wherever this module was imported.
"""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers.quantizers import HfQuantizer, register_quantization_config, register_quantizer
from transformers.utils.quantization_config import QuantizationConfigMixin

from pyterrier_optical.checkpoint.int8 import quantised_rows
from pyterrier_optical.checkpoint.q4 import BLOCK, BLOCK_BYTES, pack_q4, unpack_q4
from pyterrier_optical.errors import OpticalError

METHOD = "optical-compact"
_ROWS = "word_embeddings.weight"


class Q4Embedding(nn.Module):
    """Word embeddings whose rows stay in four-bit blocks.

    Args:
        rows: Their number.
        width: The length of a row, a multiple of 32.

    Example:
        >>> from pyterrier_optical.checkpoint.q4 import pack_q4
        >>> layer = Q4Embedding(2, 32)
        >>> layer.blocks.copy_(pack_q4(torch.eye(2, 32))).shape
        torch.Size([2, 18])
        >>> layer(torch.tensor([[1, 0]]))[0, :, :2].abs()
        tensor([[0., 1.],
                [1., 0.]])
    """

    def __init__(self, rows: int, width: int):
        super().__init__()
        self.num_embeddings, self.embedding_dim = rows, width
        self.register_buffer("blocks", torch.zeros(rows, width // BLOCK * BLOCK_BYTES, dtype=torch.uint8))
        # Follows the module's precision, which the blocks do not show.
        self.register_buffer("_precision", torch.zeros(0), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        """(..., width) for ids (...)."""
        return unpack_q4(self.blocks[ids]).to(self._precision.dtype)

    def expanded(self) -> nn.Embedding:
        """A plain layer with the same rows, which can be trained."""
        return nn.Embedding.from_pretrained(unpack_q4(self.blocks).to(self._precision.dtype), freeze=False)


class _Int8Weight(nn.Module):
    """What a linear layer is while its checkpoint is read."""

    def __init__(self, layer: nn.Linear):
        super().__init__()
        self.register_buffer("weight", torch.zeros(layer.weight.shape, dtype=torch.int8))
        self.register_buffer("scales", torch.zeros(len(layer.weight), 1))
        self.bias = layer.bias

    def expanded(self, precision: torch.dtype) -> nn.Linear:
        layer = nn.Linear(self.weight.shape[1], self.weight.shape[0], bias=self.bias is not None, device="meta")
        layer.weight = nn.Parameter((self.weight.float() * self.scales.float()).to(precision))
        layer.bias = self.bias
        return layer


@register_quantization_config(METHOD)
class CompactConfig(QuantizationConfigMixin):
    """What `config.json` says of a compact checkpoint."""

    def __init__(self, **kwargs):
        self.quant_method = METHOD


@register_quantizer(METHOD)
class CompactQuantizer(HfQuantizer):
    """Reads compact checkpoints for transformers' `from_pretrained`."""

    requires_calibration = True  # it reads what `make_compact` wrote, and quantises nothing itself

    def _process_model_before_weight_loading(self, model, **kwargs):
        rows = model.get_input_embeddings()
        model.set_input_embeddings(Q4Embedding(rows.num_embeddings, rows.embedding_dim))
        _replace(model, nn.Linear, _Int8Weight)

    def _process_model_after_weight_loading(self, model, **kwargs):
        _replace(model, _Int8Weight, lambda part: part.expanded(model.dtype))
        rows = model.get_input_embeddings()
        rows._precision = torch.zeros(0, dtype=model.dtype, device=rows.blocks.device)
        return model

    def is_serializable(self) -> bool:
        """A compact model is saved as a plain one, which `make_compact` rewrites."""
        return False

    @property
    def is_trainable(self) -> bool:
        """The linear layers are plain once loaded; `plain` makes the rows so."""
        return True


def plain(model) -> None:
    """Makes the word embeddings of a compact model plain, so that it can be trained whole, and saved.

    Args:
        model: A ``MultiVectorEncoder``, changed in place; one that is plain stays as it is.
    """
    body = model[0].auto_model
    rows = body.get_input_embeddings()
    if isinstance(rows, Q4Embedding):
        body.set_input_embeddings(rows.expanded())
        body.hf_quantizer.remove_quantization_config(body)


def make_compact(folder: Path) -> None:
    """Rewrites the weights of a plain checkpoint in four and eight bits.

    Args:
        folder: A checkpoint with one `model.safetensors`, of a BERT or XLM-R; changed in place.

    Raises:
        OpticalError: The checkpoint has no such file, is no BERT or XLM-R, is compact already, or its rows do not fill
            blocks of 32.
    """
    weights, config = folder / "model.safetensors", folder / "config.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    if not weights.is_file() or "quantization_config" in settings:
        raise OpticalError(f"The folder '{folder}' holds no plain model.safetensors: export it first.")
    packed = {}
    with safe_open(weights, framework="pt") as file:
        if not any(name.endswith(_ROWS) for name in file.keys()):  # noqa: SIM118  (not a dict)
            raise OpticalError(f"The folder '{folder}' holds no BERT or XLM-R: export it without --compact.")
        for name in file.keys():  # noqa: SIM118  (not a dict)
            packed.update(_packed(name, file.get_tensor(name)))
    save_file(packed, weights, metadata={"format": "pt"})
    settings.update(quantization_config={"quant_method": METHOD}, dtype="float32")
    config.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def _packed(name: str, tensor: Tensor) -> dict[str, Tensor]:
    if name.endswith(_ROWS):
        return {name.removesuffix("weight") + "blocks": pack_q4(tensor.float())}
    if tensor.ndim == 2 and "embeddings" not in name:
        integers, scales = quantised_rows(tensor.float())
        return {name: integers, name.removesuffix("weight") + "scales": scales}
    return {name: tensor.float().contiguous()}


def _replace(model: nn.Module, kind: type, make) -> None:
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is kind:
                setattr(parent, name, make(child))
