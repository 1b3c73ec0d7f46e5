"""One wording of a query in an explanation."""

from dataclasses import dataclass

import numpy as np

from pyterrier_optical.late.explain.words import Words


@dataclass(frozen=True, eq=False)
class Part:
    """One wording of the query against the words of the document.

    Attributes:
        name: "query", "gloss", or "query and gloss" for the two in one text.
        words: Of the wording, n of them.
        cosines: (n, m) float64: for each two words, the largest cosine between their tokens.
        plan: (n, m) float64: the share of a word's mass that the transport plan gives to each word of the document; a
            row sums to 1.
    """

    name: str
    words: Words
    cosines: np.ndarray
    plan: np.ndarray
