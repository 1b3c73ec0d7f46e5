"""The lexicon: P(English term | word), learnt from bitext."""

from pyterrier_optical.lexicon.table import SHIPPED_LEXICON, Lexicon, load_lexicon

__all__ = ["SHIPPED_LEXICON", "Lexicon", "load_lexicon"]
