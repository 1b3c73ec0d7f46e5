"""The manifest of a folder: size and checksums of each file, so that damage is an error and not another score.

Opening a folder compares sizes and CRC-32 (26 ms for the 77 MB of a checkpoint that loads in 0.9 s); `full` compares
SHA-256 (97 ms). Both find accidents. A manifest does not protect from someone who changes it with the files.
"""

import hashlib
import json
import os
import zlib
from collections.abc import Collection
from pathlib import Path

from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError

MANIFEST_FILE = "manifest.json"
MANIFEST_VERSION = 1

_BLOCK = 1 << 20
# A file of these kinds that the manifest does not list may come from another version, and would be read.
_READ = ("*.safetensors", "*.json")


def write(folder: str | os.PathLike, *, without: Collection[str] = ()) -> None:
    """Writes ``manifest.json`` for all files of a folder and its subfolders, hidden ones and Markdown left out.

    Args:
        folder: The folder, all of whose files have been written.
        without: Names of files that may change and are left out.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "config.json").write_text("{}")
        >>> write(folder)
        >>> verify(folder)
        True
    """
    folder = Path(folder)
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and _is_listed(name) and path.name not in without:
            files[name] = {"bytes": path.stat().st_size, "crc32": _crc32(path), "sha256": sha256_of(path)}
    with whole(folder / MANIFEST_FILE) as partial:
        record = {"format_version": MANIFEST_VERSION, "files": files}
        partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def verify(
    folder: str | os.PathLike, *, full: bool = False, others: bool = False, sizes_only: Collection[str] = ()
) -> bool:
    """Compares a folder with its manifest.

    Args:
        folder: The folder.
        full: Compare SHA-256; otherwise sizes and CRC-32, which is several times as fast.
        others: Accept safetensors and JSON files that the manifest does not list.
        sizes_only: Names of files that are too large to be read here: their sizes are compared, nothing else.

    Returns:
        True; False where the folder has no manifest, as what an earlier version wrote.

    Raises:
        OpticalError: A file is missing, damaged or of another version, or the manifest itself is damaged. The message
            names the file.
    """
    folder = Path(folder)
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return False
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        version, files = int(record["format_version"]), record["files"]
        facts = {name: (int(file["bytes"]), str(file["crc32"]), str(file["sha256"])) for name, file in files.items()}
        escapes = any(Path(name).is_absolute() or ".." in Path(name).parts for name in facts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OpticalError(f"The file '{path}' is damaged: fetch or make the folder again.") from error
    if version > MANIFEST_VERSION:
        raise OpticalError(f"The file '{path}' is of a later version: upgrade pyterrier_optical.")
    if escapes:
        raise OpticalError(f"The file '{path}' names files outside its folder: fetch or make the folder again.")
    for name, (size, crc32, sha256) in facts.items():
        file = folder / name
        if not file.is_file():
            raise OpticalError(f"The file '{file}' is missing, {_WAY_OUT}.")
        same = file.stat().st_size == size
        if same and name not in sizes_only:
            same = sha256_of(file) == sha256 if full else _crc32(file) == crc32
        if not same:
            raise OpticalError(f"The file '{file}' is damaged or of another version, {_WAY_OUT}.")
    found = () if others else sorted(path for kind in _READ for path in folder.rglob(kind))
    for file in found:
        name = file.relative_to(folder).as_posix()
        if name not in facts and _is_listed(name):
            raise OpticalError(f"The file '{file}' is not one of the folder's own, {_WAY_OUT}.")
    return True


_WAY_OUT = f"says {MANIFEST_FILE}: fetch or make the folder again, or delete {MANIFEST_FILE} if you changed it yourself"


def _is_listed(name: str) -> bool:
    hidden = any(part.startswith(".") for part in name.split("/"))
    return not hidden and not name.endswith(".md") and name != MANIFEST_FILE


def _crc32(path: Path) -> str:
    value = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            value = zlib.crc32(block, value)
    return f"{value:08x}"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, 64 hexadecimal digits."""
    value = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            value.update(block)
    return value.hexdigest()
