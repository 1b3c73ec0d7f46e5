"""Queries rewritten the PyTerrier way."""

from collections.abc import Sequence

import pandas as pd
import pyterrier as pt

from pyterrier_optical.rerank.vectors import QUERY_VECTORS, QUERY_WEIGHTS

# Made from the query before it was rewritten; a retriever would prefer them to the new query.
_MADE_FROM_QUERY = ("query_toks", "query_gloss", "query_terms", "query_vec", QUERY_VECTORS, QUERY_WEIGHTS)


def rewritten(inp: pd.DataFrame, queries: Sequence[str]) -> pd.DataFrame:
    """A frame with other queries.

    Args:
        inp: a frame with ``query``.
        queries: a query for each row.

    Returns:
        ``inp`` with the new ``query`` in the last column, the one before in ``query_0``, a ``query_0`` in ``query_1``
        and so on, as ``pt.rewrite.reset()`` expects them, and without what was made from the query before: its terms,
        gloss and vectors.
    """
    out = pt.model.push_queries(inp.drop(columns=list(_MADE_FROM_QUERY), errors="ignore"), keep_original=True)
    return out.assign(query=pd.Series(list(queries), inp.index, object))
