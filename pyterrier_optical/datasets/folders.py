"""Where data sets are looked for on this machine."""

import os
from pathlib import Path

import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[3] / "shared" / "data"


def data_folder() -> Path | None:
    """The user's own folder of data sets, which is only ever read.

    Returns:
        The folder that the environment variable ``OPTICAL_DATA`` names; without it ``../shared/data`` beside the
        checkout when that exists, else None.

    Raises:
        OpticalError: ``OPTICAL_DATA`` names something that is not a folder.
    """
    named = os.environ.get("OPTICAL_DATA")
    if named:
        if not Path(named).is_dir():
            raise OpticalError(f"OPTICAL_DATA is {shown(named)}, which is no folder: name an existing one or unset it.")
        return Path(named)
    return BESIDE_THE_CHECKOUT if BESIDE_THE_CHECKOUT.is_dir() else None


def download_folder() -> Path:
    """Where downloaded files are kept: ``optical`` in PyTerrier's home, by default ``~/.pyterrier/optical``."""
    return Path(pt.io.pyterrier_home()) / "optical"


def find_file(*places: str, downloaded: bool = False) -> Path | None:
    """The first of some files that is there, plain or as ``.gz``; None where none is.

    Args:
        places: Paths inside the data folder.
        downloaded: Look in the download folder as well, after the data folder.
    """
    roots = [data_folder(), download_folder() if downloaded else None]
    paths = (root / f"{place}{end}" for root in roots if root for place in places for end in (".gz", ""))
    return next(filter(Path.is_file, paths), None)
