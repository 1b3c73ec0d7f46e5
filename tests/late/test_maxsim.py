"""The fast MaxSim forms against the slow exact one, and against sentence-transformers."""

from dataclasses import replace

import pytest
import torch
from torch.nn.functional import normalize

from pyterrier_optical.late import maxsim as kernels
from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.maxsim import FLOOR, maxsim_matrix, maxsim_pairs, maxsim_reference


def ragged(lengths, *, seed, dim=8, shift=0.0):
    """Random unit vectors of texts with these numbers of tokens."""
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(sum(lengths), dim, generator=generator) + shift
    return TokenVectors(normalize(values, dim=-1), torch.tensor([0, *lengths]).cumsum(0))


def reference(queries, documents):
    each = [queries.span(i, i + 1) for i in range(len(queries))]
    return torch.tensor(
        [[maxsim_reference(q.values, documents[j], q.weights) for j in range(len(documents))] for q in each]
    )


QUERIES = ragged([3, 1, 0, 7, 2], seed=1)
DOCUMENTS = ragged([5, 0, 1, 12, 2, 30, 4], seed=2)
WEIGHTED = replace(QUERIES, weights=torch.linspace(0, 2, len(QUERIES.values)))


@pytest.fixture(params=[2048, 13, 1])
def chunk(request, monkeypatch):
    """All in one product, a few texts a product, one text a product."""
    monkeypatch.setattr(kernels, "_CHUNK_TOKENS", request.param)


@pytest.mark.parametrize("queries", [QUERIES, WEIGHTED])
def test_matrix_is_the_reference(chunk, queries):
    torch.testing.assert_close(maxsim_matrix(queries, DOCUMENTS), reference(queries, DOCUMENTS))


@pytest.mark.parametrize("queries", [QUERIES, WEIGHTED])
@pytest.mark.parametrize("advantage", [0, 5, 1000])
def test_pairs_are_the_reference(chunk, advantage, queries, monkeypatch):
    """By the query, by the measured rule, and through the full matrix."""
    monkeypatch.setattr(kernels, "_MATRIX_ADVANTAGE", advantage)
    expected = reference(queries, DOCUMENTS)
    for count in (1, 5, 200):  # few pairs, and more than there are cells
        i, j = torch.randint(len(QUERIES), (count,)), torch.randint(len(DOCUMENTS), (count,))
        torch.testing.assert_close(maxsim_pairs(queries, DOCUMENTS, i, j), expected[i, j])


def test_zero_cannot_win_over_negative_cosines():
    """Every cosine is negative: a zero would be the largest."""
    queries, documents = ragged([2, 4], seed=3, shift=9.0), ragged([1, 20], seed=4, shift=-9.0)
    expected = reference(queries, documents)
    assert expected.max() < -1
    torch.testing.assert_close(maxsim_matrix(queries, documents), expected)


def test_the_floor_is_below_every_real_score():
    opposite = TokenVectors(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), torch.tensor([0, 1, 2]))
    nothing = TokenVectors(torch.zeros(0, 2), torch.tensor([0, 0]))
    assert maxsim_matrix(opposite, nothing).tolist() == [[FLOOR], [FLOOR]]
    assert maxsim_matrix(nothing, opposite).tolist() == [[FLOOR, FLOOR]]
    assert maxsim_matrix(nothing, nothing).tolist() == [[FLOOR]]
    assert maxsim_matrix(opposite, opposite).min() >= FLOOR
    assert maxsim_pairs(QUERIES, DOCUMENTS, torch.tensor([3]), torch.tensor([1])).tolist() == [7 * FLOOR]


def test_no_text_at_all():
    none = TokenVectors(torch.zeros(0, 8), torch.tensor([0]))
    assert maxsim_matrix(none, DOCUMENTS).shape == (0, 7)
    assert maxsim_matrix(QUERIES, none).shape == (5, 0)
    empty = torch.zeros(0, dtype=torch.long)
    assert maxsim_pairs(QUERIES, DOCUMENTS, empty, empty).shape == (0,)


def test_scores_agree_with_sentence_transformers():
    from sentence_transformers.util.similarity import maxsim as theirs

    queries, documents = ragged([3, 6], seed=5), ragged([4, 9, 2], seed=6)
    expected = theirs([queries[0], queries[1]], [documents[i] for i in range(3)])
    torch.testing.assert_close(maxsim_matrix(queries, documents), expected)


def test_half_precision_is_scored_in_float32_sums():
    queries, documents = ragged([32], seed=7), ragged([40, 3], seed=8)
    half = maxsim_matrix(
        TokenVectors(queries.values.half(), queries.offsets), TokenVectors(documents.values.half(), documents.offsets)
    )
    assert half.dtype == torch.float32
    torch.testing.assert_close(half, reference(queries, documents), atol=2e-2, rtol=0)
