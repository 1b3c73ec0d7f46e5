"""MaxSim: the sum over query tokens of the largest cosine to a document token (Khattab and Zaharia 2020, eq. 3).

Where tokens have weights (`TokenVectors.weights`), what each adds is multiplied by its own.

One contract, two shapes of work: every query with every document (`maxsim_matrix`), and chosen pairs (`maxsim_pairs`).
`maxsim_reference` is the exact slow form that the others are tested against.
"""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.ragged import rows_of

# Per query token, or per weight; a cosine is never below it, so a text without tokens never beats a real one.
FLOOR = -1.0

# The document rows of one product: on a CPU, few enough to stay in its cache between gathering and multiplying.
_CHUNK_TOKENS = 2048
_CHUNK_TOKENS_ACCELERATOR = 262_144
_CHUNK_NUMBERS = 64_000_000

# A cell of the full matrix costs about a fifth of a pair, whose rows are gathered first (benchmarks/reranking.py).
_MATRIX_ADVANTAGE = 5


def maxsim_reference(query: Tensor, document: Tensor, weights: Tensor | None = None) -> float:
    """MaxSim of one query and one document, written as the formula is.

    Args:
        query: (m, d), rows of unit length.
        document: (n, d), rows of unit length.
        weights: (m,), what each query token counts; None: 1.

    Returns:
        The sum over the m tokens; when either text has no token, ``FLOOR`` times the sum of the weights (at least 1).

    Example:
        >>> maxsim_reference(torch.eye(2), torch.tensor([[1.0, 0.0]]))
        1.0
    """
    if not len(query) or not len(document):
        return FLOOR * max(float(len(query) if weights is None else weights.sum()), 1)
    best = [max(float(q @ d) for d in document) for q in query]
    weights = [1.0] * len(best) if weights is None else weights.tolist()
    return sum(w * s for w, s in zip(weights, best, strict=True))


def maxsim_matrix(queries: TokenVectors, documents: TokenVectors) -> Tensor:
    """MaxSim of every query with every document.

    Args:
        queries: n_queries texts.
        documents: n_docs texts of the same width.

    Returns:
        (n_queries, n_docs) float32 on the documents' device.
    """
    device = documents.values.device
    all_queries = queries.values.to(device).T
    owner = torch.repeat_interleave(torch.arange(len(queries)), queries.lengths).to(device)
    scores = torch.zeros(len(documents), len(queries), device=device)
    for texts in _chunks(documents.lengths, device, all_queries.shape[1]):
        first, last = documents.offsets[texts[0]], documents.offsets[texts[-1] + 1]
        best = _best(documents.values[first:last] @ all_queries, documents.lengths[texts], queries)
        scores[texts[0] : texts[-1] + 1].index_add_(1, owner, best)
    return _with_floor(scores.T, queries.totals[:, None], documents.lengths[None])


def maxsim_pairs(queries: TokenVectors, documents: TokenVectors, query_index: Tensor, document_index: Tensor) -> Tensor:
    """MaxSim of chosen pairs: one product per query with all its documents' tokens, without padding.

    Args:
        queries: the query texts.
        documents: the document texts, of the same width.
        query_index: (n_pairs,) int64, indices into ``queries``.
        document_index: (n_pairs,) int64, indices into ``documents``.

    Returns:
        (n_pairs,) float32 on the documents' device.
    """
    device = documents.values.device
    query_index, document_index = torch.as_tensor(query_index).cpu(), torch.as_tensor(document_index).cpu()
    if len(query_index) * _MATRIX_ADVANTAGE >= len(queries) * len(documents):
        return maxsim_matrix(queries, documents)[query_index.to(device), document_index.to(device)]
    scores = torch.zeros(len(query_index), device=device)
    by_query = torch.argsort(query_index, stable=True)
    starts = torch.searchsorted(query_index[by_query], torch.arange(len(queries) + 1)).tolist()
    for query, (start, end) in enumerate(pairwise(starts)):
        text = queries.span(query, query + 1)
        vectors = text.values.to(device)
        pairs = by_query[start:end]
        lengths = documents.lengths[document_index[pairs]]
        for chunk in _chunks(lengths, device, len(vectors)):
            rows = rows_of(documents.offsets[document_index[pairs[chunk]]], lengths[chunk]).to(device)
            best = _best(documents.values.index_select(0, rows) @ vectors.T, lengths[chunk], text)
            scores[pairs[chunk].to(device)] = best.sum(1)
    return _with_floor(scores, queries.totals[query_index], documents.lengths[document_index])


def _best(cosines: Tensor, lengths: Tensor, queries: TokenVectors) -> Tensor:
    """What each query token adds: (tokens, m) and (n_docs,) to (n_docs, m); anything where a document has no row."""
    lengths = lengths.to(cosines.device)
    best = torch.segment_reduce(cosines.float(), "max", lengths=lengths, axis=0, initial=-torch.inf)
    return best if queries.weights is None else best.mul_(queries.weights.to(best.device))


def _with_floor(scores: Tensor, query_totals: Tensor, document_lengths: Tensor) -> Tensor:
    query_totals, document_lengths = query_totals.to(scores.device), document_lengths.to(scores.device)
    floor = FLOOR * query_totals.clamp(min=1).float()
    return torch.where((query_totals > 0) & (document_lengths > 0), scores, floor)


def _chunks(lengths: Tensor, device: torch.device, width: int) -> Iterator[Tensor]:
    """Neighbouring texts in runs of about as many tokens as are fast together, given ``width`` numbers a token."""
    tokens = _CHUNK_TOKENS if device.type == "cpu" else _CHUNK_TOKENS_ACCELERATOR
    tokens = max(1, min(tokens, _CHUNK_NUMBERS // max(width, 1)))
    run = lengths.cumsum(0).div(tokens, rounding_mode="floor")
    sizes = torch.unique_consecutive(run, return_counts=True)[1].tolist()
    return iter(torch.arange(len(lengths)).split(sizes) if sizes else ())
