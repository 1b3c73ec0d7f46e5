"""Collections for cross-lingual retrieval, for PyTerrier and for ir_datasets.

Example:
    >>> import pyterrier as pt
    >>> dataset = pt.get_dataset("optical:mtop/hi/test")  # Hindi queries, English documents  # doctest: +SKIP
"""

from pyterrier_optical.datasets.catalogue import find, names
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.datasets.dataset import OpticalDataset, load
from pyterrier_optical.datasets.folders import data_folder
from pyterrier_optical.datasets.irds_home import make_importable
from pyterrier_optical.datasets.provider import OpticalDatasetProvider
from pyterrier_optical.datasets.text_loader import OpticalTextLoader

__all__ = [
    "Collection",
    "OpticalDataset",
    "OpticalDatasetProvider",
    "OpticalTextLoader",
    "data_folder",
    "find",
    "load",
    "names",
    "register",
]


def __getattr__(name: str):
    if name == "register":
        make_importable()
        from pyterrier_optical.datasets.irds import register

        return register
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
