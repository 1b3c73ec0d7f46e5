"""Writing a checkpoint folder whole or not at all."""

import json
from pathlib import Path

from pyterrier_optical.base import manifest
from pyterrier_optical.base.files import replace_folder, restore, staging, writing
from pyterrier_optical.checkpoint.compact import make_compact
from pyterrier_optical.checkpoint.folder import CHECKPOINT_FILE, write_checkpoint_info
from pyterrier_optical.errors import OpticalError, shown


def check_replaceable(folder: Path) -> None:
    """Refuses a folder that `save_model` would refuse to write to; brings back one that an earlier save left aside.

    Raises:
        OpticalError: If the folder exists and is no checkpoint of this package.
    """
    restore(folder)
    empty = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not empty and not (folder / CHECKPOINT_FILE).is_file():
        raise OpticalError(f"{shown(str(folder))} holds something else: name an empty or new folder.")


def save_model(model, folder: str | Path, info: dict, *, half: bool = False, compact: bool = False) -> None:
    """Saves a `MultiVectorEncoder` and a manifest, in place of an earlier checkpoint of ours.

    Args:
        model: The model.
        folder: Where to; its parents are made.
        info: What `write_checkpoint_info` takes.
        half: Save in float16: half the size; loading on a CPU brings it back to float32.
        compact: Save word embeddings in four bits and linear layers in eight (see `.compact`).

    Raises:
        OpticalError: If the folder exists and is no checkpoint of this package, or cannot be written.
    """
    folder = Path(folder).resolve()  # the folder that a link names, not the link
    check_replaceable(folder)
    with writing(folder, "output"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with staging(folder) as partial:
            precision = next(model.parameters()).dtype
            if half:
                model.half()
            model.save_pretrained(str(partial), create_model_card=False)
            model.to(precision)
            if compact:
                make_compact(partial)
            list_added_tokens(partial)
            write_checkpoint_info(partial, info)
            manifest.write(partial)
            for path in partial.rglob("*.safetensors"):
                path.chmod(0o644)  # they are written for the owner alone
            replace_folder(partial, folder)


def list_added_tokens(folder: Path) -> None:
    """Repeats the added tokens of each `tokenizer.json` in the `tokenizer_config.json` beside it.

    transformers then leaves reading `tokenizer.json` to the tokenizers library. Where the list is absent it first
    parses the whole file in Python for it, 17 MB with XLM-R's pieces.

    Args:
        folder: A checkpoint, changed in place.
    """
    for path in folder.rglob("tokenizer.json"):
        config = path.with_name("tokenizer_config.json")
        tokens = json.loads(path.read_text(encoding="utf-8"))["added_tokens"]
        settings = json.loads(config.read_text(encoding="utf-8"))
        settings["added_tokens_decoder"] = {str(token.pop("id")): token for token in tokens}
        config.write_text(json.dumps(settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
