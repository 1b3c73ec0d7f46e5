"""The queries of a frame as token vectors: each distinct query once, with its gloss beside it."""

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.frames.checks import texts_of
from pyterrier_optical.frames.texts import distinct_texts
from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.late.limits import check_sizes
from pyterrier_optical.query.gloss import encode_with_gloss, glosses_for


def encode_queries(
    transformer: pt.Transformer, encoder: TokenEncoder, frame: pd.DataFrame, field: str = "query"
) -> tuple[np.ndarray, TokenVectors]:
    """Encodes the queries of a frame.

    Args:
        transformer: Has ``max_query_tokens`` and ``truncation``, and where glosses are to count, ``gloss``, ``model``
            and ``lexicon``, as `OpticalReranker` explains them.
        encoder: Encodes queries.
        frame: With ``qid`` and ``field``.
        field: The column with the queries; a gloss says those of ``query`` only.

    Returns:
        (n_rows,) int64, the index of each row's query, and the vectors of the queries, one entry for each that differs
        in text or gloss.

    Raises:
        OpticalError: With ``truncation="error"``, a query is too long.
    """
    share = getattr(transformer, "gloss", 0.0)
    glosses = glosses_for(transformer, frame) if share and field == "query" else None
    index, texts, glosses = _distinct(frame[field], glosses)
    sizes = encoder.lengths(texts, "query")
    check_sizes(transformer, encoder, "query", frame["qid"], index, sizes)
    queries = encoder.queries(texts, transformer.max_query_tokens, sizes=sizes)
    if glosses:
        queries = encode_with_gloss(encoder, queries, texts, glosses, share, transformer.max_query_tokens)
    return index, queries


def _distinct(queries: pd.Series, glosses: pd.Series | None) -> tuple[np.ndarray, list[str], list[str] | None]:
    if glosses is None:
        return *distinct_texts(queries), None
    index, distinct = pd.MultiIndex.from_arrays([texts_of(queries), glosses]).factorize()
    return index, distinct.get_level_values(0).tolist(), distinct.get_level_values(1).tolist()
