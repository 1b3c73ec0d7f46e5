"""Model folders: where they are, what they must hold, and how they are loaded.

Every model goes through one door: a local folder, or a hub id whose snapshot is first brought to a local folder, is
checked (safetensors only, a format this version reads) and then loaded. Opening a checkpoint never runs code from it.
"""

import json
import logging
import os
from contextlib import contextmanager
from pathlib import Path

from pyterrier_optical.base import manifest
from pyterrier_optical.base.files import whole
from pyterrier_optical.checkpoint.hub import local_folder
from pyterrier_optical.checkpoint.placement import check_dtype, placement
from pyterrier_optical.checkpoint.weight_checks import check_finite, check_layers, check_weight_files, strictly
from pyterrier_optical.errors import OpticalError

logger = logging.getLogger("pyterrier_optical")

SHIPPED_MODEL = Path(__file__).parents[1] / "models" / "optical-xlmr-small-v2"
CHECKPOINT_VERSION = 3  # 2: may hold background.safetensors, which is no longer read; 3: may be compact
CHECKPOINT_FILE = "optical.json"

# Position ids of this family start after the padding id, so fewer tokens fit than the configuration's number says.
_OFFSET_POSITIONS = {"roberta", "xlm-roberta", "xlm-roberta-xl", "camembert"}


def load_encoder(model=None, *, device: str | None = None, dtype: str | None = None):
    """Load a late-interaction encoder.

    A folder that was saved as a multi-vector model (this package, sentence-transformers, PyLate, Stanford ColBERT) is
    loaded with its own modules, prompts and skip lists. Any other transformer or sentence encoder becomes one by taking
    the L2-normalised vectors of its last layer: no untrained projection is added.

    Args:
        model: None for the model inside the package, a local folder, a hub id, or a loaded ``MultiVectorEncoder``,
            returned as it is.
        device: a torch device name; None picks the accelerator when there is one.
        dtype: "float32", "float16", "bfloat16" or "int8" (see `.int8`); None is float32 on the CPU, else as stored.

    Returns:
        A ``sentence_transformers.MultiVectorEncoder`` in evaluation mode.

    Raises:
        OpticalError: no such folder or hub id, an unreachable hub, a folder that is no checkpoint or holds pickled
            weights only, a checkpoint of a newer format, a file that is damaged or not what ``manifest.json`` says,
            weights that lack tensors, hold others or are not finite, an unknown dtype, no such device, or "int8" on
            an accelerator.

    Example:
        >>> encoder = load_encoder()                      # doctest: +SKIP
        >>> encoder.encode_query("habari ya asubuhi").shape   # doctest: +SKIP
        torch.Size([8, 384])
    """
    check_dtype(dtype)
    if model is not None and not isinstance(model, (str, os.PathLike)):
        return require_loaded(model, "MultiVectorEncoder")
    folder = find_checkpoint(SHIPPED_MODEL if model is None else model)
    read_checkpoint_info(folder)  # refuses a newer format

    from sentence_transformers import MultiVectorEncoder

    import pyterrier_optical.checkpoint.compact  # noqa: F401  (teaches transformers the format)

    device, options = placement(device, dtype)
    with loading(folder):
        if _is_late_interaction(folder):
            encoder = MultiVectorEncoder(str(folder), device=device, local_files_only=True, model_kwargs=options)
        else:
            encoder = MultiVectorEncoder(modules=_last_layer_modules(folder, options), device=device)
        finished(encoder, dtype, folder)
        for encode in (encoder.encode_query, encoder.encode_document):  # some damage shows in use only
            if not encode("a").isfinite().all():
                raise ValueError("its vectors are not finite")
    if (folder / "background.safetensors").is_file():
        logger.warning("The background of the checkpoint '%s' is no longer read: scores are plain MaxSim", folder)
    return encoder


def load_sentence_transformer(name, *, device: str | None = None, dtype: str | None = None, pooling: str | None = None):
    """Load a single-vector encoder.

    Args:
        name: a local folder, a hub id, or a loaded ``SentenceTransformer``, returned as it is.
        device: as for `load_encoder`.
        dtype: as for `load_encoder`.
        pooling: "mean" or "cls" to pool the transformer's last layer that way, whatever else the checkpoint holds; None
            for the checkpoint's own modules (its pooling, dense layer and normalisation).

    Returns:
        A ``sentence_transformers.SentenceTransformer`` in evaluation mode.

    Raises:
        OpticalError: as for `load_encoder`; also when ``pooling`` is None and the checkpoint has no modules of its own.
    """
    check_dtype(dtype)
    if not isinstance(name, (str, os.PathLike)):
        return require_loaded(name, "SentenceTransformer")
    folder = find_checkpoint(name)
    if pooling is None and not (folder / "modules.json").is_file():
        raise OpticalError(f"The checkpoint '{name}' has no pooling of its own: pass pooling='mean' or pooling='cls'.")

    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling

    device, options = placement(device, dtype)
    with loading(folder):
        if pooling is None:
            encoder = SentenceTransformer(str(folder), device=device, local_files_only=True, model_kwargs=options)
        else:
            body = _transformer(folder, options)
            pool = Pooling(body.get_embedding_dimension(), pooling_mode=pooling)
            encoder = SentenceTransformer(modules=[body, pool], device=device)
        return finished(encoder, dtype, folder)


def find_checkpoint(model: str | os.PathLike) -> Path:
    """The local folder of a checkpoint: the folder itself, or the snapshot of a hub id.

    Raises:
        OpticalError: there is none, or it cannot be loaded safely.
    """
    return local_folder(model, check_checkpoint)


def check_checkpoint(folder: Path) -> None:
    """Refuse a folder that is no checkpoint, whose weights are absent or pickled, or that its manifest does not match.

    Raises:
        OpticalError: one sentence that names the folder and what is missing in it.
    """
    if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
        raise OpticalError(
            f"The folder '{folder}' holds neither modules.json nor config.json: give a folder saved by "
            "sentence-transformers or transformers."
        )
    for place in _weight_folders(folder):
        check_weight_files(place)
    if not any(any(place.glob("*.safetensors")) for place in _weight_folders(folder)):
        raise OpticalError(f"The folder '{folder}' holds no weights (*.safetensors): fetch or save the model again.")
    manifest.verify(folder)
    for place in _weight_folders(folder):
        check_layers(place)


def write_checkpoint_info(folder: str | os.PathLike, info: dict) -> None:
    """Write ``optical.json``: what a checkpoint is and how it was made.

    Args:
        folder: the checkpoint's folder; it must exist.
        info: JSON-serialisable facts (data, seed, measured results, ...). ``format_version`` and ``library_version``
            are added.
    """
    from pyterrier_optical import __version__

    record = {"format_version": CHECKPOINT_VERSION, "library_version": __version__, **info}
    with whole(Path(folder) / CHECKPOINT_FILE) as partial:
        partial.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_checkpoint_info(folder: str | os.PathLike) -> dict | None:
    """Read ``optical.json`` of a checkpoint, or None where there is none (a foreign checkpoint).

    Raises:
        OpticalError: the file is damaged, or of a newer format than this version reads.
    """
    path = Path(folder) / CHECKPOINT_FILE
    if not path.is_file():
        return None
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
        version = int(info["format_version"])
    except (ValueError, TypeError, KeyError) as error:
        raise OpticalError(f"The file '{path}' is damaged: make the checkpoint again or delete the file.") from error
    if version > CHECKPOINT_VERSION:
        raise OpticalError(
            f"The checkpoint '{folder}' has format {version} and this version reads up to {CHECKPOINT_VERSION}: "
            "upgrade pyterrier_optical."
        )
    return info


def require_loaded(model, kind: str):
    import sentence_transformers

    if isinstance(model, getattr(sentence_transformers, kind)):
        return model
    raise OpticalError(
        f"A model of type {type(model).__name__} cannot be used here: pass a folder, a hub id or a {kind}."
    )


def _transformer(folder: Path, options: dict):
    from sentence_transformers.base.modules import Transformer

    options = {**options, "local_files_only": True}
    if not (folder / "modules.json").is_file():
        return Transformer(str(folder), model_kwargs=options)
    inside = module_paths(folder)[0]
    return Transformer.load(str(folder), subfolder=inside, local_files_only=True, model_kwargs=options)


def _last_layer_modules(folder: Path, options: dict) -> list:
    from sentence_transformers.base.modules import Normalize
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    return [_transformer(folder, options), MultiVectorMask(), Normalize(module_input_name="token_embeddings")]


def _is_late_interaction(folder: Path) -> bool:
    saved = read_json(folder / "config_sentence_transformers.json")
    architectures = read_json(folder / "config.json").get("architectures") or []
    return (
        saved.get("model_type") in ("MultiVectorEncoder", "ColBERT")
        or "query_prefix" in saved
        or any(name == "HF_ColBERT" or name.endswith("ForRetrieval") for name in architectures)
    )


def read_json(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _weight_folders(folder: Path) -> list[Path]:
    paths = module_paths(folder) if (folder / "modules.json").is_file() else []
    return sorted({folder, *(folder / path for path in paths)})


def module_paths(folder: Path) -> list[str]:
    """The folders of a checkpoint's modules, relative to its own, the transformer's first.

    Raises:
        OpticalError: `modules.json` is damaged, or names none or some outside the checkpoint.
    """
    try:
        paths = [module["path"] for module in json.loads((folder / "modules.json").read_text(encoding="utf-8"))]
        outside = any(Path(path).is_absolute() or ".." in Path(path).parts for path in paths)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise OpticalError(
            f"The file '{folder / 'modules.json'}' is damaged: fetch or save the model again."
        ) from error
    if outside or not paths:
        raise OpticalError(
            f"The file '{folder / 'modules.json'}' names no modules, or some outside its folder: fetch or save the "
            "model again."
        )
    return paths


def finished(encoder, dtype: str | None, folder: Path):
    """A loaded model ready for use: checked, with its length capped, in the wanted precision, in evaluation mode."""
    check_finite(encoder, folder)
    _cap_length(encoder)
    if dtype == "int8":
        from pyterrier_optical.checkpoint.int8 import quantise

        quantise(encoder)
    return encoder.eval()


def _cap_length(encoder) -> None:
    for module in encoder.modules():
        config = getattr(module, "config", None)
        if config is None or not hasattr(module, "max_seq_length"):
            continue
        if getattr(config, "model_type", None) not in _OFFSET_POSITIONS:
            continue
        room = config.max_position_embeddings - config.pad_token_id - 1
        if module.max_seq_length is None or module.max_seq_length > room:
            module.max_seq_length = room


@contextmanager
def loading(folder: Path):
    """Loads `strictly`, without the libraries' bars and reports, and with one sentence for what they raise.

    Raises:
        OpticalError: the body raised an error, as the libraries do on a damaged folder.
    """
    from transformers.utils import logging

    bars, level = logging.is_progress_bar_enabled(), logging.get_verbosity()
    logging.disable_progress_bar()
    logging.set_verbosity_error()  # what is missing or left over is an error of ours, or does not matter
    try:
        with strictly():
            yield
    except OpticalError:
        raise
    except Exception as error:  # a damaged file makes the libraries raise errors of any kind
        reason = str(error).strip().split("\n")[0][:200]
        raise OpticalError(
            f"The checkpoint '{folder}' cannot be loaded ({type(error).__name__}: {reason}): fetch or save it again."
        ) from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
