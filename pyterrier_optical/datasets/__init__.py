"""Collections for cross-lingual retrieval, for PyTerrier and for ir_datasets.

Example:
    >>> import pyterrier as pt
    >>> dataset = pt.get_dataset("optical:mtop/hi/test")  # Hindi queries, English documents  # doctest: +SKIP
"""

from pyterrier_optical.datasets.catalogue import find, names
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.datasets.folders import data_folder
from pyterrier_optical.datasets.provider import OpticalDataset, OpticalDatasetProvider
from pyterrier_optical.datasets.text_loader import OpticalTextLoader
from pyterrier_optical.errors import OpticalError

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


def __getattr__(name: str):
    if name == "register":  # importing ir_datasets makes a folder in the user's home, where not all can write
        try:
            from pyterrier_optical.datasets.irds import register
        except OSError as error:
            raise OpticalError(
                f"ir_datasets cannot make its folder ({error}): set IR_DATASETS_HOME to one that can be written to."
            ) from error
        return register
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
