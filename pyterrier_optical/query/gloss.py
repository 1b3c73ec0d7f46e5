"""The gloss of a query: what a lexicon says its words mean, as a second wording beside the query itself."""

from functools import lru_cache

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import texts_of
from pyterrier_optical.frames.texts import distinct_texts
from pyterrier_optical.lexicon.table import SHIPPED_LEXICON, Lexicon, load_lexicon
from pyterrier_optical.lexicon.words.gloss import LexiconGlosses

#: The column that `OpticalTranslator` writes and `OpticalReranker` and `OpticalRetriever` read.
GLOSS = "query_gloss"

# The share of a query's gloss in its scores: about a third for each wording, chosen on MTOP dev and AfriQA dev.
GLOSS_SHARE = 0.65


def check_gloss(gloss: float) -> None:
    """Refuses a share of the score that does not lie between 0 and 1, 1 left out."""
    if isinstance(gloss, bool) or not isinstance(gloss, (int, float)) or not 0 <= gloss < 1:
        raise OpticalError(f"gloss={shown(gloss)}: give the gloss a share of the score from 0 (none) to below 1.")


class GlossReader(pt.Transformer):
    """Makes `pt.inspect` show that a reranker or retriever with a share `gloss` reads the column ``query_gloss``."""

    gloss: float

    def transform_inputs(self) -> list[list[str]]:
        """The columns of each way to call it: those that it needs, and these with a gloss."""
        try:
            self.transform(pd.DataFrame())
        except pt.validate.InputValidationError as error:
            needed = [mode.missing_columns for mode in error.modes]
        read = self.gloss and getattr(self, "query_field", "query") == "query"
        return needed + [[*columns, GLOSS] for columns in needed] if read else needed


def glosses_of(frame: pd.DataFrame, share: float) -> pd.Series | None:
    """The glosses of a frame's rows, a missing one empty; None without the column, or if they are to have no share."""
    if not share or GLOSS not in frame:
        return None
    return texts_of(frame[GLOSS])


def glosses_for(transformer: pt.Transformer, frame: pd.DataFrame, field: str = "query") -> pd.Series | None:
    """The glosses by which a reranker or retriever scores the rows of a frame.

    They are those of the column ``query_gloss`` where there is one and the queries are in ``query``, or else what a
    lexicon says. Without an index the likeliest English term of each word is taken, whether or not a document has it,
    so that a gloss depends on nothing but its query.

    Args:
        transformer: Has ``gloss``, ``model`` and ``lexicon``, as `OpticalReranker` explains them.
        frame: With ``field``.
        field: The column with the queries.

    Returns:
        A gloss for each row, empty where none is known; None where glosses have no share.
    """
    if not transformer.gloss or (GLOSS in frame and field == "query"):
        return glosses_of(frame, transformer.gloss)
    lexicon = transformer.lexicon
    if lexicon is None:
        if transformer.model is not None:
            return None
        lexicon = SHIPPED_LEXICON
    index, distinct = distinct_texts(frame[field])
    glosses = np.array([*_glosses_by(load_lexicon(lexicon))(distinct), ""], object)
    return pd.Series(glosses[index], frame.index)


@lru_cache(maxsize=2)
def _glosses_by(lexicon: Lexicon) -> LexiconGlosses:
    return LexiconGlosses(lexicon)
