"""The collections as PyTerrier data sets: ``pt.get_dataset("optical:<name>")``."""

import pyterrier as pt

from pyterrier_optical.datasets import catalogue
from pyterrier_optical.datasets.dataset import OpticalDataset, load


class OpticalDatasetProvider(pt.datasets.DatasetProvider):
    """What PyTerrier asks for names with the prefix ``optical:``."""

    def get_dataset(self, name: str) -> OpticalDataset:
        """The data set of that name, without the prefix.

        Args:
            name: Such as ``mtop/hi/test``.

        Raises:
            OpticalError: There is none of that name.
        """
        return load(name)

    def list_dataset_names(self) -> list[str]:
        """All names; no data is touched."""
        return catalogue.names()
