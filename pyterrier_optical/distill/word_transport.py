"""Which words of two languages translate each other, by optimal transport between their vectors."""

from collections.abc import Sequence
from functools import cache

import pyterrier as pt
import torch
from scipy import sparse
from torch.nn.utils.rnn import pad_sequence

from pyterrier_optical.tokenise import fold
from pyterrier_optical.translate.word_vectors import Word, WordEncoder
from pyterrier_optical.transport import cosine_cost, transport_plan, uniform_marginals

_PAIRS_AT_ONCE = 64
# Entropy leaves a little mass everywhere; a link has at least this share of its word's mass.
_LEAST_SHARE = 0.05


def transport_links(
    pairs: Sequence[tuple[str, str]], model=None, *, epsilon: float = 0.01, verbose: bool = True
) -> tuple[sparse.csr_matrix, list[str], list[str]]:
    """Sums the transport plans of all pairs, word by word.

    The words of a pair have vectors in the context of their sentences; T is the optimal plan between them for the cost
    C = 1 - cos and uniform marginals (:func:`pyterrier_optical.transport.transport_plan`). Each word of the translation
    gives its share of the plan, scaled to 1, to the English words it reaches, times their cosine: a plan must put
    every word somewhere, also one that has no counterpart.

    Args:
        pairs: (English, translation).
        model: A checkpoint as for ``OpticalReranker``; None: the shipped model.
        epsilon: Strength of the entropic regularisation, in units of the cost.
        verbose: Show a progress bar.

    Returns:
        A (words of the translation x English words) matrix of float64 sums, and the folded words of its rows and
        columns.
    """
    encoder = _shipped_encoder() if model is None else _encoder(model)
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    cells: list[tuple[int, int, float]] = []
    # Pairs of like length are encoded and padded together.
    ordered = sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1]))
    starts = range(0, len(ordered), _PAIRS_AT_ONCE)
    for start in pt.tqdm(starts, desc="Transport plans", unit="batch", disable=not verbose):
        english, translations = zip(*ordered[start : start + _PAIRS_AT_ONCE], strict=True)
        e_words, e_vectors = _seen(*encoder.words(english, "document"))
        f_words, f_vectors = _seen(*encoder.words(translations, "query"))
        shares = _shares(e_vectors, f_vectors, epsilon)
        for pair, e, f in (shares > 0).nonzero().tolist():
            row = rows.setdefault(fold(f_words[pair][f]), len(rows))
            column = columns.setdefault(fold(e_words[pair][e]), len(columns))
            cells.append((row, column, float(shares[pair, e, f])))
    r, c, values = zip(*cells, strict=True) if cells else ((), (), ())
    counts = sparse.coo_matrix((values, (r, c)), shape=(len(rows), len(columns))).tocsr()
    return counts, list(rows), list(columns)


def _encoder(model) -> WordEncoder:
    from pyterrier_optical.checkpoints import load_encoder

    return WordEncoder(load_encoder(model), _PAIRS_AT_ONCE)


@cache
def _shipped_encoder() -> WordEncoder:
    """One for all the languages of a lexicon, each of which is a call of its own."""
    return _encoder(None)


def _seen(words: list[list[Word]], vectors: torch.Tensor) -> tuple[list[list[str]], list[torch.Tensor]]:
    """Of each text the words that the model has tokens for, and their vectors."""
    seen = [[word for word in in_text if word.row is not None] for in_text in words]
    return [[word.text for word in in_text] for in_text in seen], [
        vectors[[word.row for word in in_text]] for in_text in seen
    ]


def _shares(english: list[torch.Tensor], translations: list[torch.Tensor], epsilon: float) -> torch.Tensor:
    """(pairs, English words, words): where each word's mass goes, times the cosine."""
    e, f = (pad_sequence(side, batch_first=True) for side in (english, translations))
    e_mask, f_mask = (
        torch.arange(side.shape[1]) < torch.tensor([[len(v)] for v in vectors])
        for side, vectors in ((e, english), (f, translations))
    )
    both = e_mask.any(1) & f_mask.any(1)
    shares = torch.zeros(len(e), e.shape[1], f.shape[1])
    if both.any():
        cost = cosine_cost(e[both], f[both])
        plan = transport_plan(cost, uniform_marginals(e_mask[both]), uniform_marginals(f_mask[both]), epsilon=epsilon)
        share = plan / plan.sum(1, keepdim=True).clamp(min=1e-12)
        shares[both] = torch.where(share >= _LEAST_SHARE, share * (1 - cost).clamp(min=0), 0.0)
    return shares
