"""The queries of a frame as token vectors: each distinct query once, with its gloss beside it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pyterrier as pt
import torch

from pyterrier_optical.frames.checks import texts_of
from pyterrier_optical.frames.texts import distinct_texts
from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.late.limits import check_sizes
from pyterrier_optical.late.ragged import rows_of
from pyterrier_optical.query.gloss import glosses_for


def encode_queries(
    transformer: pt.Transformer, encoder: TokenEncoder, frame: pd.DataFrame, field: str = "query"
) -> tuple[np.ndarray, TokenVectors]:
    """Encodes the queries of a frame.

    Args:
        transformer: Has ``max_query_tokens`` and ``truncation``, and where glosses are to count, ``gloss``, ``model``
            and ``lexicon``, as `OpticalReranker` explains them.
        encoder: Encodes queries.
        frame: With ``qid`` and ``field``.
        field: The column with the queries.

    Returns:
        (n_rows,) int64, the index of each row's query, and the vectors of the queries, one entry for each that differs
        in text or gloss.

    Raises:
        OpticalError: With ``truncation="error"``, a query is too long.
    """
    share = getattr(transformer, "gloss", 0.0)
    glosses = glosses_for(transformer, frame, field) if share else None
    index, texts, glosses = _distinct(frame[field], glosses)
    sizes = encoder.lengths(texts, "query")
    check_sizes(transformer, encoder, "query", frame["qid"], index, sizes)
    if glosses:
        return index, encode_with_gloss(encoder, texts, glosses, share, transformer.max_query_tokens)
    return index, encoder.queries(texts, transformer.max_query_tokens, sizes=sizes)


def encode_with_gloss(
    encoder: TokenEncoder,
    texts: Sequence[str],
    glosses: Sequence[str],
    share: float,
    max_tokens: int | None = None,
    *,
    third: bool = True,
) -> TokenVectors:
    """Encodes queries, with the tokens of each one's gloss, and those of query and gloss as one text, beside its own.

    A score is then (1 - share) m + share (g + c) / 2, times the query's number of tokens and 1 / (1 - share): m, g
    and c are what the tokens of the query, of the gloss, and of both in one text add on average, so that a long gloss
    counts no more than a short one. In one text each wording gives the other its context.

    Args:
        encoder: Encodes all wordings as queries, in one call.
        texts: The queries.
        glosses: One for each query; a query with an empty one stays as it is.
        share: The gloss's share of the score, from 0 to below 1.
        max_tokens: As for `TokenEncoder.queries`.
        third: Also the two as one text.

    Returns:
        One entry for each query, with weights.

    Example:
        >>> encode_with_gloss(encoder, ["mto mrefu"], ["river long"], 0.5).weights   # doctest: +SKIP
        tensor([1.0000, 1.0000, 1.0000, 1.0000, 0.5000, 0.5000, 0.5000, 0.5000, 0.3333, 0.3333, ...])
    """
    together = map(both, texts, glosses)
    wordings = [texts, glosses, together] if third else [texts, glosses]
    encoded = encoder.queries([text for wording in wordings for text in wording], max_tokens)
    queries, *others = (encoded.span(i * len(texts), (i + 1) * len(texts)) for i in range(len(wordings)))
    glossed = replace(queries, weights=torch.ones(len(queries.values)))
    for other in others:
        weight = share / len(others) / (1 - share) * queries.lengths / other.lengths.clamp(min=1)
        glossed = _beside(glossed, replace(other, weights=torch.repeat_interleave(weight, other.lengths).float()))
    return glossed


def both(text: str, gloss: str) -> str:
    """A query and its gloss as one text; empty without a gloss."""
    return f"{text} {gloss}" if gloss else ""


def _beside(mine: TokenVectors, theirs: TokenVectors) -> TokenVectors:
    """Each text's vectors with those of another set behind them; an empty text stays empty."""
    their_lengths = theirs.lengths * (mine.lengths > 0)
    lengths = mine.lengths + their_lengths
    offsets = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
    own = rows_of(offsets[:-1], mine.lengths)
    added = rows_of(offsets[:-1] + mine.lengths, their_lengths)
    kept = rows_of(theirs.offsets[:-1], their_lengths)

    def joined(name: str) -> torch.Tensor:
        values = getattr(mine, name)
        out = values.new_empty(int(offsets[-1]), *values.shape[1:])
        out[own], out[added] = values, getattr(theirs, name)[kept]
        return out

    return TokenVectors(joined("values"), offsets, joined("weights"))


def _distinct(queries: pd.Series, glosses: pd.Series | None) -> tuple[np.ndarray, list[str], list[str] | None]:
    if glosses is None:
        return *distinct_texts(queries), None
    index, distinct = pd.MultiIndex.from_arrays([texts_of(queries), glosses]).factorize()
    return index, distinct.get_level_values(0).tolist(), distinct.get_level_values(1).tolist()
