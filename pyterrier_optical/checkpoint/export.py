"""Writing a model as a plain checkpoint that other programs read, or as a compact one."""

import shutil
from pathlib import Path

from pyterrier_optical.checkpoint.compact import plain
from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL, find_checkpoint, load_encoder, read_checkpoint_info
from pyterrier_optical.checkpoint.saving import save_model


def export(folder: str | Path, model: str | Path | None = None, *, compact: bool = False) -> Path:
    """Writes a late-interaction checkpoint.

    Args:
        folder: A new or empty folder, or one that holds a checkpoint of this package.
        model: A checkpoint folder or hub id; None for the model inside the package.
        compact: Write word embeddings in four bits and linear layers in eight (see `.compact`); if
            not, plain float32 tensors, which `sentence_transformers.MultiVectorEncoder(folder)` loads by itself.

    Returns:
        The folder.

    Raises:
        OpticalError: The model cannot be loaded, or the folder holds something else.

    Example:
        >>> export("optical-plain")  # doctest: +SKIP
        PosixPath('optical-plain')
    """
    folder = Path(folder)
    source = find_checkpoint(SHIPPED_MODEL if model is None else model)
    encoder = load_encoder(source, device="cpu", dtype="float32")
    plain(encoder)
    info = read_checkpoint_info(source) or {"kind": "exported"}
    ours = {name: value for name, value in info.items() if name not in ("format_version", "library_version")}
    save_model(encoder, folder, ours, compact=compact)
    if (source / "README.md").is_file():
        shutil.copy(source / "README.md", folder)
    return folder
