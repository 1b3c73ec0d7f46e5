"""Translation checkpoints: found, checked and loaded, safetensors only."""

import os
from importlib.util import find_spec
from pathlib import Path

from pyterrier_optical.checkpoint.folder import check_checkpoint, loading
from pyterrier_optical.checkpoint.hub import local_folder
from pyterrier_optical.checkpoint.placement import placement
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.mt.families import family_of, model_type
from pyterrier_optical.mt.translation import TranslationModel


def load(
    model: str | os.PathLike,
    *,
    revision: str | None = None,
    source: str | None = None,
    target: str = "en",
    device: str | None = None,
    dtype: str | None = None,
) -> TranslationModel:
    """Loads a translation model and sets it to a pair of languages.

    Args:
        model: a local folder or a hub id.
        revision: of a hub model; None for its main one.
        source: a code of the source language.
        target: a code of the target language.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16" or "bfloat16"; None is float32 on the CPU, the stored precision elsewhere.

    Raises:
        OpticalError: there is no such model, its weights are pickled, the hub cannot be reached, it is of no known
            family, it does not know a language, or a package is missing.
    """
    folder = find_model(model, revision)
    family = family_of(folder)
    if family is None:
        raise OpticalError(
            f"The model '{model}' is of the type {shown(model_type(folder))}, which cannot be told its languages here: "
            "choose a Marian (OPUS-MT), NLLB-200 or M2M-100 model."
        )
    if family.needs_sentencepiece and find_spec("sentencepiece") is None:
        raise OpticalError(
            f"The vocabulary of the model '{model}' needs the package sentencepiece: pip install "
            "'pyterrier-optical[mt]'."
        )

    import transformers

    device, options = placement(device, dtype)
    safely = {"local_files_only": True, "trust_remote_code": False}
    with loading(folder):
        tokenizer = getattr(transformers, family.tokenizer_class).from_pretrained(str(folder), **safely)
    # A wrong language is known before the weights are read.
    direction = family.direct(tokenizer, str(model), source, target)
    with loading(folder):
        weights = getattr(transformers, family.model_class).from_pretrained(str(folder), **options, **safely)
        weights = weights.to(device).eval()
    return TranslationModel(weights, tokenizer, direction)


def find_model(model: str | os.PathLike, revision: str | None = None) -> Path:
    """The local folder of a translation model: the folder itself, or the snapshot of a hub id.

    Raises:
        OpticalError: there is none, or it cannot be loaded safely.
    """
    remedy = (
        "pass the revision that adds them (as revision='refs/pr/1', from the pull requests on its page; the hub's "
        "'safetensors/convert' makes one), or save the model again and give that folder"
    )
    return local_folder(model, _check, revision=revision, remedy=remedy)


def _check(folder: Path) -> None:
    if any(folder.glob("pytorch_model*.bin")) and not any(folder.glob("*.safetensors")):
        raise OpticalError(
            f"The weights in '{folder}' are pickled only, which could run code: write them as safetensors with "
            "transformers' save_pretrained, or fetch the revision of the model that has them (refs/pr/...)."
        )
    check_checkpoint(folder)
    family = family_of(folder)
    missing = [name for name in (family.vocabulary if family else ()) if not (folder / name).is_file()]
    if missing:
        raise OpticalError(f"The folder '{folder}' lacks {missing[0]}: fetch or save the model with its tokenizer.")
