"""An index folder to a `TokenIndex`: every part is checked, vectors stay on the disk."""

from pathlib import Path

import numpy as np

from pyterrier_optical.base import manifest
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.index.arrays import load_array
from pyterrier_optical.late.index.docnos import Docnos, IndexDocnos
from pyterrier_optical.late.index.meta import IndexMeta
from pyterrier_optical.late.index.shard import MAPPED_FILES, open_shard
from pyterrier_optical.late.index.token_index import TokenIndex


def open_tokens(folder: Path, meta: IndexMeta) -> TokenIndex:
    """Opens an index.

    Args:
        folder: The index.
        meta: Its state.

    Raises:
        OpticalError: A part is damaged or missing, or does not fit to the others.
    """
    for name in meta.parts():
        verify_part(folder / name, sizes_only=MAPPED_FILES)
    try:
        shards = [open_shard(folder / shard.name) for shard in meta.shards]
        names = [Docnos.open(folder / name) for name, _ in meta.docnos]
        deleted = np.zeros(meta.documents, bool)
        if meta.deleted:
            deleted[load_array(folder / meta.deleted[0] / "positions.npy")] = True
        found = [(len(shard), shard.tokens) for shard in shards]
        if found != [(shard.documents, shard.tokens) for shard in meta.shards]:
            raise ValueError("shards are not as long as pt_meta.json says")
        if [len(part) for part in names] != [count for _, count in meta.docnos]:
            raise ValueError("docnos are not as many as pt_meta.json says")
    except (OSError, ValueError, IndexError, RuntimeError) as error:
        raise OpticalError(
            f"The index '{folder}' is damaged ({error}): fetch it again or index the documents again."
        ) from error
    return TokenIndex(IndexDocnos(names, deleted), shards, meta.settings.dim, deleted)


def verify_part(part: Path, **options) -> None:
    """Compares a part with its manifest.

    Args:
        part: The folder.
        **options: Those of `manifest.verify`.

    Raises:
        OpticalError: A file is damaged or missing.
    """
    if not manifest.verify(part, **options):
        raise OpticalError(f"The folder '{part}' is missing or damaged: fetch the index again or make it again.")
