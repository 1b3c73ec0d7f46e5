"""The index in memory: its spans, its selections, its means."""

import numpy as np
import pytest
import torch

from pyterrier_optical.late.encoder import TokenVectors
from pyterrier_optical.late.index.shard import Block, Shard, open_shard, subset, write_shard
from pyterrier_optical.late.index.token_index import TokenIndex, spans_by_size

LENGTHS = torch.tensor([2, 1, 3, 1, 2, 0, 4])
PARTS = torch.tensor([2, 1, 1, 3])


def block() -> Block:
    """Four documents: of two passages, one passage, one passage, three passages (one without a vector)."""
    torch.manual_seed(3)
    values = torch.nn.functional.normalize(torch.randn(13, 8), dim=1)
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
    return Block(TokenVectors(values, offsets), PARTS)


@pytest.fixture
def index() -> TokenIndex:
    return TokenIndex(np.array(list("abcd"), object), [Shard.of(block())], 8)


@pytest.fixture
def two_shards() -> TokenIndex:
    """The same documents, the first of them in a shard of its own."""
    whole = Shard.of(block())
    first = np.array([True, False, False, False])
    return TokenIndex(np.array(list("abcd"), object), [subset(whole, first), subset(whole, ~first)], 8)


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
    assert torch.equal(block.passages.values[:6], index.span(3, 4).passages.values)


def test_shards_do_not_show_in_a_selection(index, two_shards):
    for positions in ([0, 1, 2, 3], [3, 0, 2], [], [1, 1]):
        one, two = index.select(positions), two_shards.select(positions)
        assert torch.equal(one.passages.values, two.passages.values)
        assert torch.equal(one.passages.offsets, two.passages.offsets)
        assert torch.equal(one.parts, two.parts)
    assert two_shards.spans(100) == [(0, 1), (1, 4)]
    assert torch.equal(two_shards.span(1, 4).passages.values, index.span(1, 4).passages.values)


def test_means_are_over_all_passages_and_of_unit_length(index, two_shards):
    values = block().passages.values
    expected = torch.stack([values[:3].mean(0), values[3:6].mean(0), values[6], values[7:].mean(0)])
    expected /= expected.norm(dim=1, keepdim=True)
    for some in (index, two_shards):
        means = torch.cat([means for _, means in some.means()])
        torch.testing.assert_close(means.float(), expected, atol=1e-3, rtol=0)
    assert [first for first, _ in two_shards.means()] == [0, 1]


@pytest.mark.parametrize(("precision", "tolerance"), [("float32", 0), ("float16", 3e-4), ("int8", 5e-3)])
def test_a_shard_comes_back_from_the_disk(tmp_path, precision, tolerance):
    shard = Shard.of(block(), precision)
    first = np.array([True, True, False, False])
    write_shard(tmp_path, [subset(shard, first), subset(shard, ~first)])
    again = open_shard(tmp_path)
    assert torch.equal(again.vectors.values, shard.vectors.values) and torch.equal(again.means, shard.means)
    torch.testing.assert_close(again.vectors.rows(0, 13), block().passages.values, atol=tolerance, rtol=0)
    assert again.lengths.tolist() == LENGTHS.tolist() and again.parts.tolist() == PARTS.tolist()


def test_int8_takes_less_than_a_third_of_float32(tmp_path):
    torch.manual_seed(0)
    values = torch.nn.functional.normalize(torch.randn(4000, 384), dim=1)
    many = Block(TokenVectors(values, torch.arange(0, 4001, 40)), torch.ones(100, dtype=torch.int64))
    size = {}
    for precision in ("float32", "int8"):
        (tmp_path / precision).mkdir()
        write_shard(tmp_path / precision, [Shard.of(many, precision)])
        size[precision] = sum(file.stat().st_size for file in (tmp_path / precision).iterdir())
    assert size["int8"] < 0.3 * size["float32"]


def test_more_vectors_than_32_bits_count(tmp_path):
    """Three documents of about 2^30 vectors in a sparse file: offsets are 64 bits wide."""
    tokens = 3 * 2**30
    for name, dtype, shape in (("vectors", "|i1", (tokens, 1)), ("scales", "<f4", (tokens,)), ("means", "<f2", (3, 1))):
        with (tmp_path / f"{name}.npy").open("wb") as file:
            np.lib.format.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
            end = file.tell() + np.dtype(dtype).itemsize * int(np.prod(shape))
            file.truncate(end)
            file.seek(end - np.dtype(dtype).itemsize)
            file.write(np.array([2], dtype).tobytes())
    for name, values in (("lengths", [2**30 - 1, 2**30 - 1, 2**30 + 2]), ("parts", [1, 1, 1])):
        np.save(tmp_path / f"{name}.npy", np.array(values, np.int32))
    index = TokenIndex(np.array(list("abc"), object), [open_shard(tmp_path)], 1)
    assert index.sizes.tolist() == [2**30 - 1, 2**30 - 1, 2**30 + 2]
    assert index.spans() == [(0, 1), (1, 2), (2, 3)] and int(index._rows[-1]) == tokens
    assert index.shards[0].vectors.rows(tokens - 2, tokens).tolist() == [[0.0], [4.0]]
