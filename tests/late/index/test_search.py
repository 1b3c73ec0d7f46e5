"""Search against the slow formula over all pairs."""

import numpy as np
import pytest
import torch

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index import search, token_index
from pyterrier_optical.late.index.search import search_all, search_candidates
from pyterrier_optical.late.index.shard import Block, Shard, subset
from pyterrier_optical.late.index.token_index import TokenIndex
from pyterrier_optical.late.maxsim import maxsim_reference


def vectors(lengths: list[int], seed: int) -> TokenVectors:
    generator = torch.Generator().manual_seed(seed)
    values = torch.nn.functional.normalize(torch.randn(sum(lengths), 8, generator=generator), dim=1)
    return TokenVectors(values, torch.tensor([0, *lengths]).cumsum(0))


PASSAGES = Block(vectors([1 + i % 6 for i in range(40)], seed=2), torch.tensor([2, 1, 1] * 10))


@pytest.fixture
def queries() -> TokenVectors:
    return vectors([3, 1, 5, 2], seed=1)


@pytest.fixture
def index() -> TokenIndex:
    """Thirty documents, every third one of two passages."""
    return TokenIndex(np.array([f"d{i}" for i in range(30)], object), [Shard.of(PASSAGES, "float32")], 8)


def reference(queries: TokenVectors, index: TokenIndex) -> np.ndarray:
    """The best passage of each document, for each query."""
    ends = [0, *index.parts.cumsum(0).tolist()]
    return np.array(
        [
            [
                max(maxsim_reference(queries[q], PASSAGES.passages[p]) for p in range(ends[d], ends[d + 1]))
                for d in range(len(index))
            ]
            for q in range(len(queries))
        ]
    )


def check(found, expected: np.ndarray, k: int) -> None:
    assert len(found) == len(expected)
    for (positions, scores), row in zip(found, expected, strict=True):
        best = np.argsort(-row, kind="stable")[:k]
        assert positions.tolist() == best.tolist()
        np.testing.assert_allclose(scores, row[best], atol=1e-5)


@pytest.mark.parametrize("k", [1, 7, 30, 99])
@pytest.mark.parametrize("block_tokens", [1, 10, 10_000])
@pytest.mark.parametrize("batch", [1, 3, 256])
def test_all_documents_in_any_blocks(queries, index, monkeypatch, k, block_tokens, batch):
    spans = index.spans
    monkeypatch.setattr(TokenIndex, "spans", lambda self: spans(block_tokens))
    monkeypatch.setattr(search, "_QUERIES", batch)
    check(search_all(queries, index, k), reference(queries, index), k)


@pytest.mark.parametrize("block_tokens", [1, 10, 10_000])
def test_all_documents_as_candidates(queries, index, monkeypatch, block_tokens):
    monkeypatch.setattr(search, "BLOCK_TOKENS", block_tokens)
    check(search_candidates(queries, index, 12, candidates=50), reference(queries, index), 12)


@pytest.mark.parametrize("means", [1, 7, 100])
def test_candidates_are_the_nearest_means(queries, index, monkeypatch, means):
    monkeypatch.setattr(search, "_MEANS", means)
    own = torch.stack([torch.nn.functional.normalize(queries[i].mean(0), dim=0) for i in range(len(queries))])
    cosines = own @ torch.cat([means for _, means in index.means()]).float().T
    scores = reference(queries, index)
    for number, (positions, values) in enumerate(search_candidates(queries, index, 99, candidates=5)):
        assert set(positions.tolist()) == set(cosines[number].topk(5).indices.tolist())
        assert (np.diff(values) <= 0).all()
        np.testing.assert_allclose(values, scores[number][positions], atol=1e-5)


@pytest.mark.parametrize("how", [search_all, lambda *args: search_candidates(*args, candidates=9)])
def test_equal_scores_stay_in_corpus_order_across_blocks(monkeypatch, how):
    monkeypatch.setattr(token_index.TokenIndex, "spans", lambda self: [(i, i + 1) for i in range(len(self))])
    one = vectors([2], seed=5).values
    same = Block(TokenVectors(one.repeat(9, 1), torch.arange(0, 19, 2)), torch.ones(9, dtype=torch.int64))
    index = TokenIndex(np.array(list("abcdefghi"), object), [Shard.of(same)], 8)
    assert how(vectors([3], seed=6), index, 4)[0][0].tolist() == [0, 1, 2, 3]


def test_no_query_and_no_document(queries, index):
    nothing = TokenVectors(torch.zeros(0, 8), torch.tensor([0]))
    assert search_all(nothing, index, 3) == search_candidates(nothing, index, 3, 5) == []
    empty = TokenIndex(np.array([], object), [], 8)
    assert [len(positions) for positions, _ in search_all(queries, empty, 3)] == [0] * 4
    assert [len(positions) for positions, _ in search_candidates(queries, empty, 3, 5)] == [0] * 4


@pytest.mark.parametrize("how", [search_all, lambda *args: search_candidates(*args, candidates=29)])
def test_deleted_documents_are_not_found_and_shards_do_not_show(queries, index, how):
    whole = index.shards[0]
    first = np.arange(30) < 11
    halves = TokenIndex(index.docnos, [subset(whole, first), subset(whole, ~first)], 8, np.array([3, 12]))
    expected = reference(queries, index)
    expected[:, [3, 12]] = -np.inf
    check(how(queries, halves, 28), expected, 28)
    assert len(how(queries, halves, 30)[0][0]) == 28


def test_documents_without_a_vector_are_not_found(queries):
    some = Block(vectors([2, 0, 3], seed=4), torch.ones(3, dtype=torch.int64))
    index = TokenIndex(np.array(list("abc"), object), [Shard.of(some)], 8)
    for found in (search_all(queries, index, 3), search_candidates(queries, index, 3, 3)):
        assert [sorted(positions.tolist()) for positions, _ in found] == [[0, 2]] * 4
