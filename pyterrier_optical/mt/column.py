"""ColumnQueryTranslator: the translation that a data set carries, in place of the query."""

import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames import DOCUMENTATION
from pyterrier_optical.frames.checks import checked_queries, texts_of
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.mt.rewriting import rewritten


class ColumnQueryTranslator(ByArguments, GuardedMixing):
    """Rewrites each query to the translation in another column, such as a human one.

    It is the upper bound of every translation system in front of the same retriever. The query it replaces is kept in
    ``query_0``.

    Args:
        column: the column with the translation.
        missing: what to do with a query that has no translation: "error" raises and names its ``qid``, "keep" leaves
            the query in its own language.

    Raises:
        OpticalError: an argument is out of its range.

    Example:
        >>> topics = pd.DataFrame({"qid": ["1"], "query": ["nani alichora"], "query_translated": ["who painted"]})
        >>> ColumnQueryTranslator()(topics)
          qid        query_0 query_translated        query
        0   1  nani alichora      who painted  who painted
    """

    def __init__(self, column: str = "query_translated", *, missing: str = "error"):
        if not isinstance(column, str) or column == "query":
            raise OpticalError(f"column is {shown(column)}: name the column that holds the translations.")
        if missing not in ("error", "keep"):
            raise OpticalError(f"Unknown missing {shown(missing)}: choose 'error' or 'keep'.")
        self.column = column
        self.missing = missing

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Rewrites the queries.

        Args:
            inp: a frame with ``qid``, ``query`` and the column of translations; one row for each query, or results.

        Returns:
            ``inp`` with the translation as ``query`` and the query it replaces as ``query_0`` (see
            `pyterrier_optical.mt.rewriting.rewritten`). The column of translations stays.

        Raises:
            pt.validate.InputValidationError: a column is missing.
            OpticalError: a row has no ``qid``, a ``qid`` has two queries or translations, one of these is no text, or
                two columns have one name; with ``missing="error"``, a query with words in it has no translation.
        """
        inp = checked_queries(checked_queries(inp), self.column)
        pt.validate.columns(inp, includes=["qid", "query", self.column], context=self)
        translations = texts_of(inp[self.column])
        there = translations.map(_has_text).astype(bool)
        queries = texts_of(inp["query"])
        untranslated = inp[~there & queries.map(_has_text).astype(bool)]
        if len(untranslated) and self.missing == "error":
            raise OpticalError(
                f"The query {shown(untranslated['qid'].iloc[0])} has no translation in the column '{self.column}' "
                f"({untranslated['qid'].nunique()} in all): leave such queries out, or pass missing='keep'."
            )
        return rewritten(inp, translations.where(there, queries))

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": "Given translation", "help_url": DOCUMENTATION}


def _has_text(value: str) -> bool:
    return bool(value.strip())
