"""The best documents of a token index for each query: exact MaxSim over all, or over candidates by mean vectors."""

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.base.progress import progress
from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index.shard import Block, mean_vectors
from pyterrier_optical.late.index.token_index import BLOCK_TOKENS, TokenIndex, spans_by_size
from pyterrier_optical.late.maxsim import maxsim_matrix

# Queries that pass over the index together, and documents whose mean vectors are compared at a time.
_QUERIES = 256
_MEANS = 65_536

Found = tuple[np.ndarray, np.ndarray]


def search_all(queries: TokenVectors, index: TokenIndex, k: int, *, verbose: bool = False) -> list[Found]:
    """Exact MaxSim of every query with every document.

    Args:
        queries: the encoded queries; on their device blocks are scored.
        index: the documents.
        k: most documents for one query.
        verbose: as for `pyterrier_optical.base.progress`.

    Returns:
        For each query the positions of its best documents and their scores, best first; equal scores in corpus order.
        Documents that are deleted or have no vector are not among them.
    """
    found: list[Found] = []
    spans, batches = index.spans(), _batches(queries)
    with progress(total=len(spans) * len(batches), desc="Scoring", unit="block", verbose=verbose) as bar:
        for batch in batches:
            scores = torch.zeros(len(batch), 0, device=batch.values.device)
            positions = torch.zeros(len(batch), 0, dtype=torch.int64, device=batch.values.device)
            for first, end in spans:
                # The best so far stand before the new ones: a stable sort then leaves ties in corpus order.
                hidden = ~index.searchable[first:end].to(scores.device)
                block = _score(batch, index.span(first, end)).masked_fill_(hidden, -torch.inf)
                scores = torch.cat([scores, block], 1)
                new = torch.arange(first, end, device=positions.device).expand(len(batch), -1)
                positions = torch.cat([positions, new], 1)
                order = scores.sort(dim=1, descending=True, stable=True).indices[:, :k]
                scores, positions = scores.gather(1, order), positions.gather(1, order)
                bar.update()
            found += map(_without_hidden, positions.cpu(), scores.cpu())
    return found


def search_candidates(
    queries: TokenVectors, index: TokenIndex, k: int, candidates: int, *, verbose: bool = False
) -> list[Found]:
    """Exact MaxSim of every query with the documents whose mean vectors are nearest to its own.

    Args:
        queries: the encoded queries.
        index: the documents.
        k: most documents for one query.
        candidates: documents to score for each query.
        verbose: as for `pyterrier_optical.base.progress`.

    Returns:
        As for `search_all`.
    """
    found: list[Found] = []
    with progress(total=len(queries), desc="Scoring", unit="query", verbose=verbose) as bar:
        for batch in _batches(queries):
            # In corpus order, in which ties are left.
            nearest = _nearest(batch, index, candidates).sort(dim=1).values
            for number, positions in enumerate(nearest):
                positions = positions[index.searchable[positions]]
                query = batch.span(number, number + 1)
                spans = spans_by_size(index.sizes[positions], BLOCK_TOKENS)
                blocks = [_score(query, index.select(positions[slice(*span)]))[0].cpu() for span in spans]
                scores = torch.cat([torch.zeros(0), *blocks])
                best = scores.sort(descending=True, stable=True).indices[:k]
                found.append((positions[best].numpy(), scores[best].numpy()))
                bar.update()
    return found


def _nearest(queries: TokenVectors, index: TokenIndex, count: int) -> Tensor:
    """The positions of the means with the largest cosine to each query's mean: (n_queries, count) on the CPU."""
    weights = 1.0 if queries.weights is None else queries.weights.to(queries.values.device)[:, None]
    weighted = TokenVectors(queries.values * weights, queries.offsets)
    own = mean_vectors(Block(weighted, torch.ones(len(queries), dtype=torch.int64)))
    scores = torch.zeros(len(own), 0, device=own.device)
    positions = torch.zeros(len(own), 0, dtype=torch.int64, device=own.device)
    for start, means in index.means():
        for first, block in zip(range(start, start + len(means), _MEANS), means.split(_MEANS), strict=True):
            numbers = torch.arange(first, first + len(block), device=own.device)
            hidden = ~index.searchable[first : first + len(block)].to(own.device)
            new = (own @ block.to(own.device).float().T).masked_fill_(hidden, -torch.inf)
            scores, positions = torch.cat([scores, new], 1), torch.cat([positions, numbers.expand(len(own), -1)], 1)
            scores, best = scores.topk(min(count, scores.shape[1]), dim=1)
            positions = positions.gather(1, best)
    return positions.cpu()


def _without_hidden(positions: Tensor, scores: Tensor) -> Found:
    shown = scores > -torch.inf
    return positions[shown].numpy(), scores[shown].numpy()


def _score(queries: TokenVectors, block: Block) -> Tensor:
    """MaxSim with the best passage of each document: (n_queries, n_docs) float32 on the queries' device."""
    passages = TokenVectors(block.passages.values.to(queries.values.device), block.passages.offsets)
    scores = maxsim_matrix(queries, passages)
    if len(passages) == len(block.parts):
        return scores
    owner = torch.repeat_interleave(torch.arange(len(block.parts)), block.parts).to(scores.device)
    best = scores.new_full((len(queries), len(block.parts)), -torch.inf)
    return best.scatter_reduce_(1, owner.expand_as(scores), scores, "amax")


def _batches(queries: TokenVectors) -> list[TokenVectors]:
    return [queries.span(first, min(first + _QUERIES, len(queries))) for first in range(0, len(queries), _QUERIES)]
