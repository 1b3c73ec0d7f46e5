"""Fewer vectors for a document."""

import pytest
import torch
from torch.nn.functional import normalize

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.pooling import pooled

LENGTHS = [0, 9, 1, 2, 0, 30]


@pytest.fixture
def vectors() -> TokenVectors:
    values = normalize(torch.randn(sum(LENGTHS), 8, generator=torch.Generator().manual_seed(0)), dim=1)
    return TokenVectors(values, torch.tensor([0, *LENGTHS]).cumsum(0))


def test_a_text_keeps_its_first_vector_and_a_share_of_the_others(vectors):
    found = pooled(vectors, 2)
    assert found.lengths.tolist() == [0, 1 + 4, 1, 2, 0, 1 + 14]
    torch.testing.assert_close(found[1][0], vectors[1][0])
    torch.testing.assert_close(found.values.norm(dim=1), torch.ones(len(found.values)))


def test_a_text_is_pooled_by_itself(vectors):
    alone = pooled(vectors.span(5, 6), 3)
    assert torch.equal(alone[0], pooled(vectors, 3)[5])


def test_equal_vectors_become_one_before_others_do():
    values = torch.eye(4)[[0, 1, 2, 1, 3, 2]]
    found = pooled(TokenVectors(values, torch.tensor([0, 6])), 1.6)
    assert found.values[1:].sum(0).tolist() == [0, 1, 1, 1]


def test_no_vectors():
    nothing = TokenVectors(torch.zeros(0, 8), torch.tensor([0, 0]))
    assert pooled(nothing, 2).lengths.tolist() == [0]
