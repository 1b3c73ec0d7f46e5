"""The gloss of a query: what a lexicon says its words mean, as a second wording beside the query itself."""

import numpy as np
import pandas as pd
import torch

from pyterrier_optical.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.frames import distinct_texts, texts_of
from pyterrier_optical.ragged import rows_of

#: The column that `OpticalTranslator` writes and `OpticalReranker` and `OpticalRetriever` read.
GLOSS = "query_gloss"


def glosses_of(frame: pd.DataFrame, share: float) -> pd.Series | None:
    """The glosses of a frame's rows, a missing one empty; None without the column, or if they are to have no share."""
    if not share or GLOSS not in frame:
        return None
    return texts_of(frame[GLOSS])


def encode_with_gloss(
    encoder: TokenEncoder, queries: TokenVectors, glosses: list[str], share: float, max_tokens: int | None = None
) -> TokenVectors:
    """Puts the tokens of each query's gloss beside its own.

    A score is then (1 - share) m + share g, times the query's number of tokens and 1 / (1 - share): m and g are what
    the query's and the gloss's tokens add on average, so that a long gloss counts no more than a short one.

    Args:
        encoder: Encodes the glosses, as queries.
        queries: The encoded queries.
        glosses: One for each query; a query with an empty one stays as it is.
        share: The gloss's share of the score, from 0 to below 1.
        max_tokens: As for `TokenEncoder.queries`.

    Returns:
        One entry for each query, with weights.

    Example:
        >>> queries = encoder.queries(["mto mrefu"])                                 # doctest: +SKIP
        >>> encode_with_gloss(encoder, queries, ["river long"], 0.3).weights          # doctest: +SKIP
        tensor([1.0000, 1.0000, 1.0000, 1.0000, 0.4286, 0.4286, 0.4286, 0.4286])
    """
    extra = encoder.queries(glosses, max_tokens)
    extra_lengths = extra.lengths * (queries.lengths > 0)
    lengths = queries.lengths + extra_lengths
    offsets = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
    own = rows_of(offsets[:-1], queries.lengths)
    added = rows_of(offsets[:-1] + queries.lengths, extra_lengths)
    kept = rows_of(extra.offsets[:-1], extra_lengths)

    def joined(mine: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
        out = mine.new_empty(int(offsets[-1]), *mine.shape[1:])
        out[own], out[added] = mine, theirs
        return out

    ratio = share / (1 - share) * queries.lengths / extra_lengths.clamp(min=1)
    weights = joined(torch.ones(len(own)), torch.repeat_interleave(ratio, extra_lengths).float())
    expected = None if queries.expected is None else joined(queries.expected, extra.expected[kept])
    return TokenVectors(joined(queries.values, extra.values[kept]), offsets, expected, weights)


def distinct_queries(queries: pd.Series, glosses: pd.Series | None) -> tuple[np.ndarray, list[str], list[str] | None]:
    """The index of each row's query among those that differ in text or gloss, their texts, and their glosses if any."""
    if glosses is None:
        return *distinct_texts(queries), None
    index, distinct = pd.MultiIndex.from_arrays([texts_of(queries), glosses]).factorize()
    return index, distinct.get_level_values(0).tolist(), distinct.get_level_values(1).tolist()
