"""Data sets by the names that PyTerrier knows."""

import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown


def named_dataset(name: str) -> pt.datasets.Dataset:
    """A data set by name, as ``pt.get_dataset`` has it.

    Raises:
        OpticalError: No provider knows the name.

    Example:
        >>> named_dataset("Millet porridge.")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: There is no data set 'Millet porridge.': give a name that ...
    """
    try:
        return pt.get_dataset(name)
    except (KeyError, ValueError) as error:
        raise OpticalError(
            f"There is no data set {shown(name)}: give a name that pt.get_dataset knows, such as 'optical:sample/sw'. "
            "Documents are given in a list."
        ) from error
