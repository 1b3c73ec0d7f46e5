"""Translate, then rank: queries rewritten by a translation model, or by a translation that a data set carries."""

from pyterrier_optical.mt.column import ColumnQueryTranslator
from pyterrier_optical.mt.query_translator import MTQueryTranslator

__all__ = ["ColumnQueryTranslator", "MTQueryTranslator"]
