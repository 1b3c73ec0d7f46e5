"""A late-interaction model whose layers run in ONNX Runtime, to compare with."""

import copy
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import Tensor, nn


class OnnxBody(nn.Module):
    """Stands in for the transformer of a ``MultiVectorEncoder``: its layers run on one thread of the CPU.

    Args:
        path: The ONNX file of the layers.
        words: The word embeddings, which stay in PyTorch.
        config: That of the transformer.
    """

    def __init__(self, path: Path, words: nn.Module, config):
        super().__init__()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.words, self.config = words, config

    def forward(self, input_ids: Tensor, attention_mask: Tensor, **_):
        """The last layer: (n, t, d) float32."""
        with torch.no_grad():
            inputs = {"words": self.words(input_ids).numpy(), "mask": attention_mask.numpy()}
        return SimpleNamespace(last_hidden_state=torch.from_numpy(self.session.run(None, inputs)[0]))


def onnx_models(model, folder: Path) -> dict:
    """Copies of a model that run in ONNX Runtime, in float32 and with its dynamic int8.

    Args:
        model: A ``MultiVectorEncoder`` on the CPU, in float32.
        folder: Where the ONNX files go.
    """
    from onnxruntime.quantization import quantize_dynamic

    body = model[0].auto_model
    words = body.get_input_embeddings()
    whole, small = folder / "float32.onnx", folder / "int8.onnx"

    class LastLayer(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = body

        def forward(self, words, mask):
            return self.body(inputs_embeds=words, attention_mask=mask).last_hidden_state

    example = (torch.zeros(2, 7, body.config.hidden_size), torch.ones(2, 7, dtype=torch.int64))
    torch.onnx.export(
        LastLayer().eval(),
        example,
        whole,
        input_names=["words", "mask"],
        output_names=["vectors"],
        dynamic_axes={name: {0: "texts", 1: "tokens"} for name in ("words", "mask", "vectors")},
        dynamo=False,
    )
    quantize_dynamic(whole, small)
    found = {}
    for name, path in (("float32", whole), ("int8", small)):
        # Everything is shared but the body.
        found[name] = copy.deepcopy(model, {id(body): OnnxBody(path, words, body.config), id(words): words})
    return found
