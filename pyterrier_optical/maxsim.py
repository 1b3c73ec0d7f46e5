"""MaxSim: the sum over query tokens of the largest cosine to a document token (Khattab and Zaharia 2020, eq. 3).

One contract, three shapes of work: every query with every document (`maxsim_matrix`), chosen pairs (`maxsim_pairs`),
and two padded blocks (`maxsim`). `maxsim_reference` is the exact slow form that the others are tested against.
"""

import torch
from torch import Tensor

from pyterrier_optical.encoder import TokenVectors

# Per query token; a cosine is never below it, so a text without tokens never beats a real one.
FLOOR = -1.0

_BLOCK_ELEMENTS = 16_000_000


def maxsim_reference(query: Tensor, document: Tensor) -> float:
    """MaxSim of one query and one document, written as the formula is.

    Args:
        query: (m, d), rows of unit length.
        document: (n, d), rows of unit length.

    Returns:
        The sum of m maxima; ``FLOOR * max(m, 1)`` when either text has no token.

    Example:
        >>> maxsim_reference(torch.eye(2), torch.tensor([[1.0, 0.0]]))
        1.0
    """
    if not len(query) or not len(document):
        return FLOOR * max(len(query), 1)
    return sum(max(float(q @ d) for d in document) for q in query)


def maxsim(
    queries: Tensor,
    documents: Tensor,
    query_mask: Tensor | None = None,
    document_mask: Tensor | None = None,
) -> Tensor:
    """MaxSim of matching rows of two padded blocks.

    Args:
        queries: (B, m, d) float.
        documents: (B, n, d) float.
        query_mask: (B, m) bool, True on real tokens; None: all are real.
        document_mask: (B, n) bool, likewise.

    Returns:
        (B,) float32. Padding of a document is -inf before the maximum, padding of a query adds nothing.
    """
    if query_mask is None:
        query_mask = torch.ones(queries.shape[:2], dtype=torch.bool, device=queries.device)
    if document_mask is None:
        document_mask = torch.ones(documents.shape[:2], dtype=torch.bool, device=documents.device)
    counts = query_mask.sum(1)
    floor = FLOOR * counts.clamp(min=1).float()
    if not documents.shape[1] or not queries.shape[1]:
        return floor
    cosines = torch.bmm(documents, queries.transpose(1, 2))
    best = cosines.masked_fill_(~document_mask[:, :, None], -torch.inf).amax(1).float()
    scores = best.masked_fill(~query_mask, 0.0).sum(1)
    return torch.where(document_mask.any(1) & (counts > 0), scores, floor)


def maxsim_matrix(queries: TokenVectors, documents: TokenVectors) -> Tensor:
    """MaxSim of every query with every document.

    Args:
        queries: n_queries texts.
        documents: n_docs texts of the same width.

    Returns:
        (n_queries, n_docs) float32 on the documents' device.
    """
    device = documents.values.device
    scores = torch.empty(len(queries), len(documents), device=device)
    query_values = queries.values.to(device).T
    counts = queries.lengths.to(device)
    owner = torch.repeat_interleave(torch.arange(len(queries), device=device), counts)
    width = max(query_values.shape[1], documents.dim, 1)
    for texts in _length_blocks(documents.lengths, torch.arange(len(documents)), width):
        block, mask = documents.gather(texts)
        if not block.shape[1] or not len(owner):
            scores[:, texts.to(device)] = FLOOR * counts.clamp(min=1).float()[:, None]
            continue
        cosines = (block.flatten(0, 1) @ query_values).view(*mask.shape, -1)
        best = cosines.masked_fill_(~mask[..., None], -torch.inf).amax(1)
        # A document without tokens is -inf for every query token, and the sum of none is 0: both become the floor.
        sums = torch.zeros(len(texts), len(queries), device=device).index_add_(1, owner, best)
        real = mask.any(1)[:, None] & (counts > 0)
        floor = (FLOOR * counts.clamp(min=1).float()).expand_as(sums)
        scores[:, texts.to(device)] = torch.where(real, sums, floor).T
    return scores


def maxsim_pairs(queries: TokenVectors, documents: TokenVectors, query_index: Tensor, document_index: Tensor) -> Tensor:
    """MaxSim of chosen pairs.

    Args:
        queries: the query texts.
        documents: the document texts, of the same width.
        query_index: (n_pairs,) int64, indices into ``queries``.
        document_index: (n_pairs,) int64, indices into ``documents``.

    Returns:
        (n_pairs,) float32 on the documents' device.
    """
    device = documents.values.device
    query_index, document_index = torch.as_tensor(query_index), torch.as_tensor(document_index)
    # With many pairs a document, the full matrix costs less than copying each document once per pair.
    if len(query_index) * 2 >= len(queries) * len(documents):
        return maxsim_matrix(queries, documents)[query_index.to(device), document_index.to(device)]
    scores = torch.empty(len(query_index), device=device)
    width = max(int(queries.lengths.max()) if len(queries) else 0, documents.dim, 1)
    for pairs in _length_blocks(documents.lengths[document_index], torch.arange(len(document_index)), width):
        block, mask = documents.gather(document_index[pairs])
        query_block, query_mask = queries.gather(query_index[pairs])
        scores[pairs.to(device)] = maxsim(query_block.to(device), block, query_mask.to(device), mask)
    return scores


def _length_blocks(lengths: Tensor, items: Tensor, width: int):
    """Items in order of length, in blocks of at most `_BLOCK_ELEMENTS` padded numbers."""
    order = torch.argsort(lengths, stable=True)
    sorted_lengths = lengths[order].clamp(min=1).tolist()
    start = 0
    while start < len(order):
        end = start + 1
        while end < len(order) and sorted_lengths[end] * (end + 1 - start) * width <= _BLOCK_ELEMENTS:
            end += 1
        yield items[order[start:end]]
        start = end
