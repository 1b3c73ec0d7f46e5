"""Why a document has its score: which word of the query met which word of the document, and what each match adds."""

from pyterrier_optical.late.explain.explanation import Explanation
from pyterrier_optical.late.explain.part import Part
from pyterrier_optical.late.explain.words import Words, read_words

__all__ = ["Explanation", "Part", "Words", "read_words"]
