"""Text as people have it: one table of scripts, one normalisation, one key for the spellings of a word."""

from pyterrier_optical.script.normalise import normalise
from pyterrier_optical.script.table import IDEOGRAPHIC, SOUTH_EAST_ASIAN, char_class, which_have
from pyterrier_optical.script.variants import Variants, variant_key

__all__ = ["IDEOGRAPHIC", "SOUTH_EAST_ASIAN", "Variants", "char_class", "normalise", "variant_key", "which_have"]
