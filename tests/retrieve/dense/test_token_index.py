"""The index in memory: its spans, its selections, its means."""

import numpy as np
import pytest
import torch

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.retrieve.dense.token_index import TokenIndex, spans_by_size


@pytest.fixture
def index() -> TokenIndex:
    """Four documents: of two passages, one passage, one passage, three passages (one without a vector)."""
    torch.manual_seed(3)
    lengths = torch.tensor([2, 1, 3, 1, 2, 0, 4])
    values = torch.nn.functional.normalize(torch.randn(13, 8), dim=1).half()
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    return TokenIndex(np.array(list("abcd"), object), TokenVectors(values, offsets), torch.tensor([2, 1, 1, 3]))


def test_sizes_and_spans(index):
    assert index.sizes.tolist() == [3, 3, 1, 6]
    assert index.spans(4) == [(0, 1), (1, 3), (3, 4)]
    assert index.spans(1) == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert index.spans(100) == [(0, 4)]
    assert spans_by_size(torch.tensor([], dtype=torch.int64), 5) == []


def test_a_span_and_a_selection_of_the_same_documents_are_equal(index):
    for first, end in [(0, 4), (1, 3), (3, 4), (2, 2)]:
        span, selection = index.span(first, end), index.select(torch.arange(first, end))
        assert span.passages.values.dtype == torch.float32
        assert torch.equal(span.passages.values, selection.passages.values)
        assert torch.equal(span.passages.offsets, selection.passages.offsets)
        assert torch.equal(span.parts, selection.parts)


def test_a_selection_keeps_its_order(index):
    block = index.select(torch.tensor([3, 0]))
    assert block.parts.tolist() == [3, 2]
    assert block.passages.lengths.tolist() == [2, 0, 4, 2, 1]
    assert torch.equal(block.passages.values[:6].half(), index.passages.values[7:])


def test_means_are_over_all_passages_and_of_unit_length(index):
    expected = torch.stack([index.span(i, i + 1).passages.values.mean(0) for i in range(4)])
    expected /= expected.norm(dim=1, keepdim=True)
    torch.testing.assert_close(index.means, expected)
