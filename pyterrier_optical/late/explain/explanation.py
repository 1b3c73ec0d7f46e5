"""What an explanation holds."""

from dataclasses import dataclass, field

import pandas as pd

from pyterrier_optical.late.explain.part import Part
from pyterrier_optical.late.explain.words import Words

COLUMNS = (
    *("wording", "query_position", "query_word", "document_position", "document_word"),
    *("cosine", "weight", "contribution", "planned_word", "planned_share"),
)


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a document has its score.

    Attributes:
        score: What `OpticalReranker` says.
        frame: A row for each word of the query and word of the document that MaxSim chose for it (several, where its
            tokens chose different words):

            - ``wording``: "query", "gloss" (its lexicon translation) or "query and gloss" (the two in one text);
            - ``query_position``, ``query_word``, ``document_position``, ``document_word``: the words, positions counted
              from 0 in the wording and in the document;
            - ``weight``: what the word's tokens count in the score, and ``cosine``, their weighted mean;
            - ``contribution``: weight times cosine. Contributions sum to ``score``, up to the rounding of float32,
              about 1e-6 of it;
            - ``planned_word``, ``planned_share``: the word of the document that the transport plan gives most of the
              query word's mass to, and the share of it.

            Where the query or the document has no known token, ``document_word`` is empty and the cosine -1, as MaxSim
            counts it.
        document: The words of the document, or of its best passage.
        parts: The wordings with their cosines and plans.
        qid: Of the row that was explained; None: a query of its own.
        docno: Likewise.

    Example:
        >>> OpticalReranker().explain("mto mrefu", "The river is long.").frame["query_word"].tolist()  # doctest: +SKIP
        ['mto', 'mrefu', 'river', 'long', 'mto', 'mrefu', 'river', 'long']
    """

    score: float
    frame: pd.DataFrame = field(repr=False)
    document: Words = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    qid: object = None
    docno: object = None

    def plot(self, wordings: tuple[str, ...] | None = None, *, most_words: int = 24):
        """Draws MaxSim's choice beside the transport plan.

        Rows are words of the query, columns the words of the document that either chose. On the left a shade is a
        cosine, and a number stands on MaxSim's choice: its contribution. On the right a shade is the share of the
        word's mass that the plan sends there.

        Args:
            wordings: Which of "query", "gloss" and "query and gloss"; None: all that there are.
            most_words: Columns at most; those with the largest contributions stay.

        Returns:
            A ``matplotlib.figure.Figure``, with ``savefig``; a notebook shows it after ``%matplotlib inline``.

        Raises:
            OpticalError: No installed font has a letter; there is no such wording, or nothing to draw.
        """
        from pyterrier_optical.late.explain.plot import figure_of

        return figure_of(self, wordings, most_words)

    def _repr_html_(self) -> str:
        from pyterrier_optical.late.explain.html import html_of

        return html_of(self)
