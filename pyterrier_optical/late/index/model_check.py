"""Whether a model is the one that an index was made with: it gives the same vectors of a probe."""

from pathlib import Path

import numpy as np
import torch

from pyterrier_optical.checkpoint.int8 import is_quantised
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.index.arrays import load_array, save_rows
from pyterrier_optical.late.index.meta import IndexMeta

#: Several scripts, digits and punctuation, so that another tokenizer, prompt or skip list shows too.
PROBE = "The quick river, 1999: maji safi ya kunywa; बारिश के बाद; น้ำผึ้ง."

# The largest 1 - cosine of one token's vectors from one model. Measured with the model inside the package: 2e-7 in
# float32 on other batches, 2e-4 in bfloat16, 6e-3 in int8. Noise of 1 % in all weights makes 1e-3.
_TOLERANCES = {"float32": 5e-5, "float16": 5e-4, "bfloat16": 1e-3, "int8": 2e-2}


def precision_of(encoder: TokenEncoder) -> str:
    """The precision in which a model computes: "float32", "float16", "bfloat16" or "int8"."""
    if is_quantised(encoder.model):
        return "int8"
    return str(next(encoder.model.parameters()).dtype).removeprefix("torch.")


def write_probe(folder: Path, queries: TokenEncoder, documents: TokenEncoder) -> None:
    """Writes the vectors that the models of an index give the probe, as a query and as a document."""
    save_rows(folder / "query.npy", [queries.queries([PROBE]).values.cpu().numpy()])
    save_rows(folder / "document.npy", [documents.documents([PROBE]).values.cpu().numpy()])


def probe_vectors(folder: Path, task: str) -> np.ndarray:
    """What `write_probe` wrote for "query" or "document": (n_tokens, d) float32."""
    return load_array(folder / f"{task}.npy")


def is_same_probe(vectors, task: str, encoder: TokenEncoder, stored_precision: str) -> bool:
    """Whether a model is the one whose vectors of the probe are these, up to the precisions.

    Args:
        vectors: (n_tokens, d) the vectors.
        task: "query" or "document".
        encoder: The model.
        stored_precision: The precision in which the model of the vectors computed.
    """
    encode = encoder.queries if task == "query" else encoder.documents
    expected, found = torch.as_tensor(vectors), encode([PROBE]).values.cpu()
    if expected.shape != found.shape:
        return False
    tolerance = max(_TOLERANCES.get(name, 2e-2) for name in (stored_precision, precision_of(encoder)))
    return bool(1 - (expected * found).sum(1).min() <= tolerance)


def check_models(index: Path, meta: IndexMeta, encoders: tuple[TokenEncoder, TokenEncoder], models: tuple) -> None:
    """Refuses models that are not those of an index.

    Args:
        index: The index.
        meta: Its state.
        encoders: What encodes queries and what encodes documents.
        models: The models as a user gave them; the second one None where it is the first one.

    Raises:
        OpticalError: A model gives other vectors than the one that the index was made with.
    """
    names = models[0], models[0] if models[1] is None else models[1]
    for task, encoder, precision, name in zip(("query", "document"), encoders, meta.settings.dtype, names, strict=True):
        if not is_same_probe(probe_vectors(index / meta.model_part, task), task, encoder, precision):
            shown = "the model inside the package" if name is None else f"model '{name}'"
            raise OpticalError(
                f"The index '{index}' was made with another model than {shown}, whose {task} vectors differ: open it "
                "with the model that made it, or index the documents again."
            )
