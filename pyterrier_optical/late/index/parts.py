"""The parts of an index: folders that are written once, whole or not at all, each with a manifest."""

import os
import re
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyterrier_optical.base import manifest

# 0003-00012: the twelfth shard that the third change of the index wrote; 0003-docnos and the like.
_PART = re.compile(r"\.?\d{4,}-(\d{5,}|docnos|deleted|model)(\.partial)?")


def part_name(generation: int, what: int | str) -> str:
    """The name of a part: the number of the change that wrote it, and its own.

    Example:
        >>> part_name(3, 12), part_name(3, "docnos")
        ('0003-00012', '0003-docnos')
    """
    return f"{generation:04d}-{what:05d}" if isinstance(what, int) else f"{generation:04d}-{what}"


@contextmanager
def new_part(folder: Path, name: str) -> Iterator[Path]:
    """An empty folder, which becomes the part of that name when the body ends well and is gone when it does not.

    Args:
        folder: The index.
        name: The part's name; a part of that name that an interrupted change left is replaced.
    """
    partial, part = folder / f".{name}.partial", folder / name
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        manifest.write(partial)
        shutil.rmtree(part, ignore_errors=True)
        os.replace(partial, part)
        sync_folder(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def remove_other_parts(folder: Path, kept: Collection[str]) -> None:
    """Deletes what earlier or interrupted changes left in an index; nothing that is no part is touched."""
    for path in folder.iterdir():
        if _PART.fullmatch(path.name) and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def sync_folder(folder: Path) -> None:
    """Brings the names of a folder to the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
