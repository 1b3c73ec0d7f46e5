"""From a query in any language to weighted terms of an index, so that BM25 can find documents."""

from pyterrier_optical.lexicon import Lexicon
from pyterrier_optical.translate.translator import OpticalTranslator

__all__ = ["Lexicon", "OpticalTranslator"]
