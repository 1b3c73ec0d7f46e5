"""Scores of (query, document) pairs, documents passing through in blocks."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.late.maxsim import maxsim_pairs
from pyterrier_optical.late.passages import split_passages


def score_pairs(
    queries: TokenVectors,
    encoder: TokenEncoder,
    documents: list[str],
    query_index: np.ndarray,
    document_index: np.ndarray,
    *,
    sizes: list[int],
    max_tokens: int | None = None,
    passages: bool = False,
    normalize: bool = False,
    block_tokens: int = 200_000,
) -> np.ndarray:
    """MaxSim of pairs, with the vectors of one block of documents alive at a time.

    Args:
        queries: the encoded queries.
        encoder: encodes the documents, each once.
        documents: distinct document texts.
        query_index: (n_pairs,) indices into ``queries``.
        document_index: (n_pairs,) indices into ``documents``.
        sizes: the number of tokens of each document, as `TokenEncoder.lengths` counts them.
        max_tokens: as for `TokenEncoder.documents`.
        passages: split documents that are too long, and take the best passage's score.
        normalize: divide by the number of query tokens, or by the sum of their weights.
        block_tokens: a block holds documents of at most so many tokens together, but always one document.

    Returns:
        (n_pairs,) float64, finite.
    """

    def encode(block: list[int]) -> tuple[TokenVectors, np.ndarray]:
        texts, counted = [documents[i] for i in block], [sizes[i] for i in block]
        parts = np.ones(len(block), dtype=int)
        if passages:
            texts, counted, parts = split_passages(texts, counted, encoder, max_tokens)
        return encoder.documents(texts, max_tokens, sizes=counted), parts

    return score_blocks(
        queries, encode, sizes, query_index, document_index, normalize=normalize, block_tokens=block_tokens
    )


def score_blocks(
    queries: TokenVectors,
    vectors_of: Callable[[list[int]], tuple[TokenVectors, np.ndarray]],
    sizes: Sequence[int],
    query_index: np.ndarray,
    document_index: np.ndarray,
    *,
    normalize: bool = False,
    block_tokens: int = 200_000,
) -> np.ndarray:
    """MaxSim of pairs with the best passage of each document, whatever the documents' vectors come from.

    Args:
        queries: the encoded queries.
        vectors_of: gives for the numbers of some documents the vectors of their passages, one document after the
            other, and how many passages each document has.
        sizes: the number of tokens of each document, at least about.
        query_index: as for `score_pairs`.
        document_index: as for `score_pairs`.
        normalize: as for `score_pairs`.
        block_tokens: as for `score_pairs`.

    Returns:
        (n_pairs,) float64, finite.
    """
    scores = np.zeros(len(query_index))
    by_document = np.argsort(document_index, kind="stable")
    starts = np.searchsorted(document_index[by_document], np.arange(len(sizes) + 1))
    for block in _blocks(sizes, block_tokens):
        pairs = np.concatenate([by_document[starts[i] : starts[i + 1]] for i in block])
        local = np.repeat(np.arange(len(block)), [starts[i + 1] - starts[i] for i in block])
        vectors, parts = vectors_of(block)
        # One row for each passage of each pair's document.
        repeats = parts[local]
        row_pair = np.repeat(np.arange(len(pairs)), repeats)
        first = np.cumsum(parts) - parts
        within = np.arange(len(row_pair)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
        row_text = np.repeat(first[local], repeats) + within
        values = maxsim_pairs(
            queries, vectors, torch.from_numpy(query_index[pairs][row_pair]), torch.from_numpy(row_text)
        )
        best = np.full(len(pairs), -np.inf)
        np.maximum.at(best, row_pair, values.cpu().double().numpy())
        scores[pairs] = best
    if normalize:
        scores /= _divisors(queries)[query_index]
    return scores


def _divisors(queries: TokenVectors) -> np.ndarray:
    totals = queries.totals.double().numpy()
    return np.where(totals > 0, totals, 1.0)


def _blocks(sizes: Sequence[int], block_tokens: int) -> Iterator[list[int]]:
    """Documents from long to short, in runs of at most ``block_tokens`` tokens."""
    block: list[int] = []
    total = 0
    for index in sorted(range(len(sizes)), key=lambda i: -sizes[i]):
        if block and total + sizes[index] > block_tokens:
            yield block
            block, total = [], 0
        block.append(index)
        total += sizes[index]
    if block:
        yield block
