"""The queries of a frame as token vectors, with their glosses, as every late-interaction transformer encodes them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.frames import too_long_error
from pyterrier_optical.gloss import distinct_queries, encode_with_gloss, glosses_for


@dataclass
class QueryVectors:
    """Distinct queries.

    Args:
        vectors: one entry for each distinct query.
        index: (n_rows,) which of them each row of the frame has.
        cut: the number of queries that were cut.
        limit: the number of tokens after which they were.
    """

    vectors: TokenVectors
    index: np.ndarray
    cut: int
    limit: int


def encode_queries(
    transformer: pt.Transformer, encoder: TokenEncoder, frame: pd.DataFrame, field: str = "query"
) -> QueryVectors:
    """Encodes each distinct query of a frame once, with its gloss beside it.

    Args:
        transformer: Has ``gloss``, ``lexicon``, ``model``, ``max_query_tokens`` and ``truncation``, as
            `OpticalReranker` explains them.
        encoder: Encodes the queries.
        frame: With ``qid`` and ``field``; ``query_gloss`` is read where there is one.
        field: The column of the queries; another one than ``query`` has no gloss.

    Raises:
        OpticalError: A query is too long and ``truncation`` is "error".
    """
    glosses = glosses_for(transformer, frame) if field == "query" else None
    index, texts, glosses = distinct_queries(frame[field], glosses)
    sizes = encoder.lengths(texts, "query")
    limit = encoder.limit("query", transformer.max_query_tokens)
    too_long = np.flatnonzero(np.array(sizes) > limit)
    if len(too_long) and transformer.truncation == "error":
        qid = frame["qid"].iloc[int(np.flatnonzero(index == too_long[0])[0])]
        raise too_long_error("query", qid, sizes[too_long[0]], limit, encoder.room("query"))
    vectors = encoder.queries(texts, transformer.max_query_tokens, sizes=sizes)
    if glosses:
        vectors = encode_with_gloss(encoder, vectors, texts, glosses, transformer.gloss, transformer.max_query_tokens)
    return QueryVectors(vectors, index, len(too_long), limit)
