"""One hash for what is in a checkpoint, whatever its folder is called."""

import hashlib
import json
import os
from pathlib import Path

from pyterrier_optical.base.manifest import MANIFEST_FILE, sha256_of
from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL, find_checkpoint
from pyterrier_optical.errors import OpticalError

_READ = (".safetensors", ".json", ".txt", ".model", ".spm")


def content_hash(model=None) -> str:
    """A hash of the files that make up a model: weights, tokenizer, settings.

    Checksums are taken from the manifest where there is one; otherwise the files are read.

    Args:
        model: None for the model inside the package, a folder, or a hub id.

    Returns:
        32 hexadecimal digits.

    Raises:
        OpticalError: there is no such checkpoint, or ``model`` is a loaded one, which has no files.

    Example:
        >>> content_hash() == content_hash(SHIPPED_MODEL)
        True
    """
    if model is not None and not isinstance(model, (str, os.PathLike)):
        raise OpticalError(
            f"A loaded {type(model).__name__} has no name that another process finds: give a folder or a hub id."
        )
    folder = find_checkpoint(SHIPPED_MODEL if model is None else model)
    digest = hashlib.blake2b(digest_size=16)
    listed = _manifest(folder)
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _READ and path.name != MANIFEST_FILE):
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{listed.get(name) or sha256_of(path)}\n".encode())
    return digest.hexdigest()


def _manifest(folder: Path) -> dict[str, str]:
    if not (folder / MANIFEST_FILE).is_file():
        return {}
    record = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))  # find_checkpoint has verified it
    return {name: file["sha256"] for name, file in record["files"].items()}
