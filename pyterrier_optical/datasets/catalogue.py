"""Every collection by its name."""

from difflib import get_close_matches

from pyterrier_optical.datasets import afriqa, belebele, mtop, sample, xquad_r
from pyterrier_optical.datasets.clir import presets
from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.datasets.preset import Preset, of_collection
from pyterrier_optical.errors import OpticalError, shown

#: The collections that this package reads into tables itself.
FAMILIES = {"mtop": mtop, "afriqa": afriqa, "xquad-r": xquad_r, "belebele": belebele, "sample": sample}


def names() -> list[str]:
    """The names of all data sets; no data is touched."""
    return [*own_names(), *presets.names()]


def own_names() -> list[str]:
    """The names of those that this package reads into tables itself."""
    return [name for family in FAMILIES.values() for name in family.names()]


def find(name: str) -> Collection:
    """The collection of that name, of those that this package reads itself; its data is read when first used.

    Args:
        name: Such as ``mtop/hi/test``.

    Raises:
        OpticalError: There is none of that name; the sentence lists the forms of names, or names like it.
    """
    family = FAMILIES.get(name.split("/")[0])
    if family is None:
        raise OpticalError(_unknown(name))
    return family.collection(name)


def preset(name: str) -> Preset:
    """What the data set of that name is made of; no data is touched.

    Args:
        name: Such as ``mtop/hi/test`` or ``hc4/fa/dev``.

    Raises:
        OpticalError: There is none of that name; the sentence lists the forms of names, or names like it.
    """
    return presets.find(name) or of_collection(find(name))


def _unknown(name: str) -> str:
    listed = presets.names()
    first = name.split("/")[0]
    own = [known for known in listed if known.startswith(f"{first}/")]
    if own:
        like = get_close_matches(name, own, n=5, cutoff=0) or own[:5]
        return f"No data set {shown(name)}: there are {', '.join(sorted(like))} and {len(own) - len(like)} more of it."
    forms = "; ".join(family.NAMES for family in FAMILIES.values())
    others = ", ".join(sorted({known.split("/")[0] for known in listed}))
    return f"No data set {shown(name)}: the names are {forms}; and those of ir_datasets that begin with {others}."
