"""Collections for cross-lingual retrieval, for PyTerrier and for ir_datasets.

Example:
    >>> import pyterrier as pt
    >>> dataset = pt.get_dataset("optical:mtop/hi/test")  # Hindi queries, English documents  # doctest: +SKIP
"""

from pyterrier_optical.datasets.catalogue import find, names
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.datasets.folders import data_folder
from pyterrier_optical.datasets.irds import register
from pyterrier_optical.datasets.provider import OpticalDataset, OpticalDatasetProvider
from pyterrier_optical.datasets.text_loader import OpticalTextLoader

__all__ = [
    "Collection",
    "OpticalDataset",
    "OpticalDatasetProvider",
    "OpticalTextLoader",
    "data_folder",
    "find",
    "names",
    "register",
]
