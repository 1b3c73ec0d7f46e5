"""Cross-encoders, which read query and document as one text, with the frame contract of the other rerankers."""

import os
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.frames.checks import texts_of
from pyterrier_optical.frames.texts import frame_texts, named_fields
from pyterrier_optical.late.limits import check_positive
from pyterrier_optical.rerank.text_reranker import EncodingReranker


@dataclass(eq=False, repr=False)
class CrossEncoderReranker(EncodingReranker):
    """Reranks documents by a cross-encoder (Nogueira, Cho 2019), such as one that was trained on mMARCO.

    The score is the model's logit for query and document as one text, computed by sentence-transformers'
    ``CrossEncoder``. Nothing can be computed before the query is known: each pair is a forward pass of its own. Each
    distinct pair is scored once per call; an empty text is scored as the model scores it.

    Args:
        model: a local checkpoint folder, a hub id, or a loaded ``CrossEncoder``. It must have one label.
        text_field: the column with the document text, or several that are joined in this order; None: ``title`` (where
            there is one) and ``text``, as `bm25` and `OpticalRetriever` read documents.
        query_field: the column with the query text.
        batch_size: pairs per forward pass; None: 32.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16" or "bfloat16"; "int8" for linear layers in 8-bit integers on a CPU; None is float32
            on the CPU, the stored precision elsewhere.
        max_length: tokens of query and document together, markers included; None for the model's own limit. The longer
            of the two is cut.
        verbose: show a progress bar.

    Raises:
        OpticalError: an argument is out of its range; when loading, see
            `pyterrier_optical.checkpoint.folder.load_encoder`; the model has more labels than one.

    Example:
        >>> from pyterrier_optical import CrossEncoderReranker
        >>> CrossEncoderReranker("cross-encoder/mmarco-mMiniLMv2-L12-H384-v1")
        CrossEncoderReranker(model='cross-encoder/mmarco-mMiniLMv2-L12-H384-v1')
    """

    model: Any
    _: KW_ONLY
    max_length: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive("max_length", self.max_length)

    def _scores_grow(self) -> bool:
        return False

    def _load_encoders(self):
        """The cross-encoder, in the place of two encoders."""
        return load_cross_encoder(self.model, device=self.device, dtype=self.dtype)

    def _scores(self, inp: pd.DataFrame) -> np.ndarray:
        import torch

        model = self.encoders
        texts = frame_texts(inp, named_fields(self.text_field))
        index, pairs = pd.MultiIndex.from_arrays([texts_of(inp[self.query_field]), texts]).factorize()
        limit = min(self.max_length or model.max_seq_length, model.max_seq_length)
        markers = model.tokenizer.num_special_tokens_to_add(pair=True)
        if limit < markers + 2:
            raise OpticalError(f"max_length is {limit} and the markers take {markers}: give at least {markers + 2}.")
        scores = model.predict(
            pairs.tolist(),
            batch_size=self.batch_size or 32,
            show_progress_bar=self.verbose,
            activation_fn=torch.nn.Identity(),
            processing_kwargs={"text": {"max_length": limit, "truncation": True}},
        )
        return scores.astype(float)[index]


def load_cross_encoder(name, *, device: str | None = None, dtype: str | None = None):
    """Loads a cross-encoder of one label.

    Args:
        name: a local folder, a hub id, or a loaded ``CrossEncoder``, returned as it is.
        device: as for `pyterrier_optical.checkpoint.folder.load_encoder`.
        dtype: likewise.

    Returns:
        A ``sentence_transformers.CrossEncoder`` in evaluation mode.

    Raises:
        OpticalError: as for `pyterrier_optical.checkpoint.folder.load_encoder`; the model is no cross-encoder, or has
            more labels than one.
    """
    from sentence_transformers import CrossEncoder

    from pyterrier_optical.checkpoint.folder import find_checkpoint, finished, loading, require_loaded
    from pyterrier_optical.checkpoint.placement import placement

    if isinstance(name, (str, os.PathLike)):
        folder = find_checkpoint(name)
        _check_cross_encoder(folder)
        device, options = placement(device, dtype)
        with loading(folder):
            model = CrossEncoder(str(folder), device=device, local_files_only=True, model_kwargs=options)
            finished(model, dtype, folder)
    else:
        model = require_loaded(name, "CrossEncoder")
    if model.num_labels != 1:
        raise OpticalError(
            f"The cross-encoder '{name}' has {model.num_labels} labels for a pair and a reranker needs one score: give "
            "a model with one label."
        )
    return model


def _check_cross_encoder(folder: Path) -> None:
    from pyterrier_optical.checkpoint.folder import read_json

    architectures = read_json(folder / "config.json").get("architectures") or []
    saved = read_json(folder / "config_sentence_transformers.json").get("model_type")
    if saved != "CrossEncoder" and not any(name.endswith("ForSequenceClassification") for name in architectures):
        raise OpticalError(
            f"The checkpoint '{folder}' is no cross-encoder: OpticalReranker takes late-interaction models, and "
            "BiEncoderReranker other encoders."
        )
