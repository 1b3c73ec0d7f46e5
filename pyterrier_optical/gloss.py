"""The gloss of a query: what a lexicon says its words mean, as a second wording beside the query itself."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pyterrier as pt
import torch

from pyterrier_optical.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.frame_checks import texts_of
from pyterrier_optical.frames import distinct_texts
from pyterrier_optical.ragged import rows_of

#: The column that `OpticalTranslator` writes and `OpticalReranker` and `OpticalRetriever` read.
GLOSS = "query_gloss"


def glosses_of(frame: pd.DataFrame, share: float) -> pd.Series | None:
    """The glosses of a frame's rows, a missing one empty; None without the column, or if they are to have no share."""
    if not share or GLOSS not in frame:
        return None
    return texts_of(frame[GLOSS])


def glosses_for(transformer: pt.Transformer, frame: pd.DataFrame) -> pd.Series | None:
    """The glosses by which a reranker or retriever scores the rows of a frame.

    They are those of the column ``query_gloss`` where there is one, or else what a lexicon says. Without an index the
    likeliest English term of each word is taken, whether or not a document has it, so that a gloss depends on nothing
    but its query.

    Args:
        transformer: Has ``gloss``, ``model`` and ``lexicon``, as `OpticalReranker` explains them.
        frame: With ``query``.

    Returns:
        A gloss for each row, empty where none is known; None where glosses have no share.
    """
    from pyterrier_optical.translate.lexicon import SHIPPED_LEXICON

    if not transformer.gloss or GLOSS in frame:
        return glosses_of(frame, transformer.gloss)
    lexicon = transformer.lexicon
    if lexicon is None:
        if transformer.model is not None:
            return None
        lexicon = SHIPPED_LEXICON
    index, distinct = distinct_texts(frame["query"])
    glosses = np.array([*_glossing(lexicon).gloss(distinct), ""], object)
    return pd.Series(glosses[index], frame.index)


@lru_cache(maxsize=2)
def _glossing(lexicon):
    """A translator to the terms of a lexicon, which needs neither an index nor a model."""
    from pyterrier_optical.translate.translator import OpticalTranslator, load_lexicon

    loaded = load_lexicon(lexicon)
    return OpticalTranslator(loaded.terms, method="lexicon", lexicon=loaded)


def encode_with_gloss(
    encoder: TokenEncoder,
    queries: TokenVectors,
    texts: Sequence[str],
    glosses: Sequence[str],
    share: float,
    max_tokens: int | None = None,
    *,
    third: bool = True,
) -> TokenVectors:
    """Puts the tokens of each query's gloss, and those of query and gloss as one text, beside the query's own.

    A score is then (1 - share) m + share (g + c) / 2, times the query's number of tokens and 1 / (1 - share): m, g
    and c are what the tokens of the query, of the gloss, and of both in one text add on average, so that a long gloss
    counts no more than a short one. In one text each wording gives the other its context.

    Args:
        encoder: Encodes the glosses, as queries.
        queries: The encoded queries.
        texts: Their texts.
        glosses: One for each query; a query with an empty one stays as it is.
        share: The gloss's share of the score, from 0 to below 1.
        max_tokens: As for `TokenEncoder.queries`.
        third: Also the two as one text.

    Returns:
        One entry for each query, with weights.

    Example:
        >>> queries = encoder.queries(["mto mrefu"])                                          # doctest: +SKIP
        >>> encode_with_gloss(encoder, queries, ["mto mrefu"], ["river long"], 0.5).weights   # doctest: +SKIP
        tensor([1.0000, 1.0000, 1.0000, 1.0000, 0.5000, 0.5000, 0.5000, 0.5000, 0.3333, 0.3333, ...])
    """
    together = [both(text, gloss) for text, gloss in zip(texts, glosses, strict=True)]
    glossed = replace(queries, weights=torch.ones(len(queries.values)))
    for wording in (glosses, together) if third else (glosses,):
        encoded = encoder.queries(wording, max_tokens)
        weight = share / (1 + third) / (1 - share) * queries.lengths / encoded.lengths.clamp(min=1)
        glossed = _beside(glossed, replace(encoded, weights=torch.repeat_interleave(weight, encoded.lengths).float()))
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


def distinct_queries(queries: pd.Series, glosses: pd.Series | None) -> tuple[np.ndarray, list[str], list[str] | None]:
    """The index of each row's query among those that differ in text or gloss, their texts, and their glosses if any."""
    if glosses is None:
        return *distinct_texts(queries), None
    index, distinct = pd.MultiIndex.from_arrays([texts_of(queries), glosses]).factorize()
    return index, distinct.get_level_values(0).tolist(), distinct.get_level_values(1).tolist()
