"""Text as people have it: one table of scripts and one normalisation."""

from pyterrier_optical.script.normalise import normalise
from pyterrier_optical.script.table import IDEOGRAPHIC, SOUTH_EAST_ASIAN, char_class

__all__ = ["IDEOGRAPHIC", "SOUTH_EAST_ASIAN", "char_class", "normalise"]
