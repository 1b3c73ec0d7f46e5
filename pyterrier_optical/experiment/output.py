"""Where an experiment writes to."""

import os
from pathlib import Path
from tempfile import TemporaryFile

from pyterrier_optical.base.files import writing


def output_folder(path: str | os.PathLike) -> Path:
    """Makes a folder, and finds out before hours of work whether files can be written in it.

    Args:
        path: The folder; it may be there already.

    Raises:
        OpticalError: It cannot be made, is read-only, or the disk is full.

    Example:
        >>> output_folder("/dev/null/output")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: Cannot write to '/dev/null/output' (Not a directory): make room ...
    """
    folder = Path(path)
    with writing(folder, "output"):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as probe:  # only writing shows that a disk is full
            probe.write(bytes(1 << 16))
            probe.flush()
    return folder
