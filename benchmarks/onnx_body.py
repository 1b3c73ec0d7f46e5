"""A late-interaction model whose transformer runs in ONNX Runtime, to compare with."""

import copy
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn

from pyterrier_optical.checkpoint.compact import plain


class OnnxBody(nn.Module):
    """Stands in for the transformer of a ``MultiVectorEncoder``, on one thread of the CPU."""

    def __init__(self, path: Path, config):
        super().__init__()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.config = config

    def forward(self, input_ids, attention_mask, **_):
        """The last layer: (n, t, d) float32."""
        found = self.session.run(None, {"ids": input_ids.numpy(), "mask": attention_mask.numpy()})
        return SimpleNamespace(last_hidden_state=torch.from_numpy(found[0]))


def onnx_models(model, folder: Path) -> dict:
    """Copies of a model that run in ONNX Runtime, in float32 and with its dynamic int8.

    Args:
        model: A ``MultiVectorEncoder`` on the CPU, in float32.
        folder: Where the ONNX files go.
    """
    from onnxruntime.quantization import quantize_dynamic

    model = copy.deepcopy(model)
    plain(model)
    body = model[0].auto_model
    whole, small = folder / "float32.onnx", folder / "int8.onnx"

    class LastLayer(nn.Module):
        def forward(self, ids, mask):
            return body(input_ids=ids, attention_mask=mask).last_hidden_state

    example = (torch.ones(2, 7, dtype=torch.int64), torch.ones(2, 7, dtype=torch.int64))
    axes = {name: {0: "texts", 1: "tokens"} for name in ("ids", "mask", "vectors")}
    torch.onnx.export(
        LastLayer().eval(),
        example,
        whole,
        input_names=["ids", "mask"],
        output_names=["vectors"],
        dynamic_axes=axes,
        dynamo=False,
    )
    quantize_dynamic(whole, small)
    found = {}
    for name, path in (("float32", whole), ("int8", small)):
        found[name] = copy.deepcopy(model)
        found[name][0].auto_model = OnnxBody(path, body.config)
    return found
