"""OpticalIndex: token vectors on disk."""

from pyterrier_optical.late.index.artifact import OpticalIndex

__all__ = ["OpticalIndex"]
