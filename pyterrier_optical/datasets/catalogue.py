"""Every collection by its name."""

from pyterrier_optical.datasets import afriqa, mtop, sample, xquad_r
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown

FAMILIES = {"mtop": mtop, "afriqa": afriqa, "xquad-r": xquad_r, "sample": sample}


def names() -> list[str]:
    """The names of all collections; no data is touched."""
    return [name for family in FAMILIES.values() for name in family.names()]


def find(name: str) -> Collection:
    """The collection of that name; its data is read when first used.

    Args:
        name: Such as ``mtop/hi/test``.

    Raises:
        OpticalError: There is none of that name; the sentence lists the forms of names.
    """
    family = FAMILIES.get(name.split("/")[0])
    if family is None:
        forms = "; ".join(family.NAMES for family in FAMILIES.values())
        raise OpticalError(f"No data set {shown(name)}: the names are {forms}.")
    return family.collection(name)
