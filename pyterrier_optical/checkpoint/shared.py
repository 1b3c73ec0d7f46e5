"""Loaded models that transformers share: each is in memory once, for as long as something uses it."""

import os
from weakref import WeakValueDictionary

from pyterrier_optical.base.locks import LOADING
from pyterrier_optical.checkpoint import folder as checkpoints
from pyterrier_optical.checkpoint.placement import placement

_loaded: WeakValueDictionary = WeakValueDictionary()


def shared_encoder(model=None, *, device: str | None = None, dtype: str | None = None):
    """As `load_encoder`, but a checkpoint that is in memory already is not loaded a second time.

    Whoever gets the model must not change it. A checkpoint whose files were replaced is another one.

    Args:
        model: as for `load_encoder`.
        device: as for `load_encoder`.
        dtype: as for `load_encoder`.

    Returns:
        A ``sentence_transformers.MultiVectorEncoder`` in evaluation mode.

    Raises:
        OpticalError: as for `load_encoder`.

    Example:
        >>> shared_encoder() is shared_encoder()  # doctest: +SKIP
        True
    """
    if model is not None and not isinstance(model, (str, os.PathLike)):
        return checkpoints.load_encoder(model, device=device, dtype=dtype)
    with LOADING:
        folder = checkpoints.find_checkpoint(checkpoints.SHIPPED_MODEL if model is None else model)
        files = sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file())
        key = tuple(files), str(placement(device, dtype)), dtype
        encoder = _loaded.get(key)
        if encoder is None:
            encoder = _loaded[key] = checkpoints.load_encoder(folder, device=device, dtype=dtype)
        return encoder
