"""Packages that only some uses need: the extras of setup.py."""

from importlib.util import find_spec

from pyterrier_optical.errors import OpticalError


def need(purpose: str, extra: str, *packages: str) -> None:
    """Checks before any work that optional packages are installed.

    Args:
        purpose: What needs them, as the subject of a sentence.
        extra: The extra of setup.py that installs them.
        packages: Their names, as they are imported.

    Raises:
        OpticalError: One of them is not installed.

    Example:
        >>> need("Reading this", "plots", "json")
        >>> need("A picture", "plots", "no_such_package")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        pyterrier_optical.errors.OpticalError: A picture needs the package no_such_package: pip ...
    """
    for package in packages:
        if find_spec(package) is None:
            raise OpticalError(f"{purpose} needs the package {package}: pip install 'pyterrier-optical[{extra}]'.")
