"""Four-bit blocks: the bytes of the format, and what survives them."""

import struct

import numpy as np
import pytest
import torch

from pyterrier_optical import OpticalError
from pyterrier_optical.checkpoint.q4 import pack_q4, unpack_q4


@pytest.fixture
def weights() -> torch.Tensor:
    return torch.randn(40, 96, generator=torch.Generator().manual_seed(1)) * 0.05


def block(scale: float, halves: list[int]) -> bytes:
    """One block, written down from the format's description."""
    low, high = halves[:16], halves[16:]
    return struct.pack("<e", scale) + bytes(first | second << 4 for first, second in zip(low, high, strict=True))


def test_a_block_is_read_as_the_format_says():
    halves = [0, 15, 8, 7, *range(12), *reversed(range(16))]
    row = np.frombuffer(block(-0.25, halves) + block(2.0, [8] * 32), dtype=np.uint8)[None]
    expected = [-0.25 * (half - 8) for half in halves] + [0.0] * 32
    assert unpack_q4(row).tolist() == [expected]


def test_a_block_is_written_as_the_format_says():
    halves = [0, 15, 8, 7, *range(12), *reversed(range(16))]
    row = np.array([[-0.25 * (half - 8) for half in halves]], dtype=np.float32)
    assert pack_q4(row).tobytes() == block(-0.25, halves)


def test_blocks_come_back_to_the_byte(weights):
    blocks = pack_q4(weights)
    assert blocks.dtype == torch.uint8 and blocks.shape == (40, 54)
    assert torch.equal(pack_q4(unpack_q4(blocks)), blocks)


@pytest.mark.parametrize("size", [1e-6, 1.0, 60_000.0])
def test_unpacked_weights_survive_any_number_of_packings(weights, size):
    once = unpack_q4(pack_q4(weights * size))
    assert torch.equal(unpack_q4(pack_q4(once)), once)


def test_no_weight_moves_further_than_its_scale(weights):
    scale = weights.view(40, 3, 32).abs().amax(-1, keepdim=True) / 8
    error = (unpack_q4(pack_q4(weights)) - weights).view(40, 3, 32).abs()
    # Half a step, but a whole one at the end that eight steps do not reach; the scale itself is rounded to float16.
    assert (error <= scale * 1.01).all()
    assert (error <= scale * 0.51).float().mean() > 0.9


def test_zeros_and_weights_too_small_for_the_scale_are_zeros():
    row = torch.tensor([[0.0] * 32 + [1e-12] * 32 + [-0.0] * 32])
    assert torch.equal(unpack_q4(pack_q4(row)), torch.zeros(1, 96))


def test_arrays_and_tensors_give_the_same(weights):
    blocks = pack_q4(weights.numpy())
    assert isinstance(blocks, np.ndarray) and isinstance(unpack_q4(blocks), np.ndarray)
    assert torch.equal(torch.from_numpy(blocks), pack_q4(weights))
    assert torch.equal(torch.from_numpy(unpack_q4(blocks)), unpack_q4(pack_q4(weights)))


def test_read_only_arrays_and_other_precisions(weights):
    frozen = np.frombuffer(pack_q4(weights.numpy()).tobytes(), dtype=np.uint8).reshape(40, 54)
    assert unpack_q4(frozen).shape == (40, 96)
    rough = weights.bfloat16()
    assert torch.equal(pack_q4(rough), pack_q4(rough.float()))
    assert torch.equal(pack_q4(torch.nn.Parameter(weights)), pack_q4(weights))


def test_rows_may_be_picked_before_they_are_unpacked(weights):
    blocks, rows = pack_q4(weights), torch.tensor([[3, 3, 0], [39, 1, 2]])
    assert torch.equal(unpack_q4(blocks[rows]), unpack_q4(blocks)[rows])
    assert torch.equal(unpack_q4(blocks[7]), unpack_q4(blocks)[7])
    assert unpack_q4(blocks[:0]).shape == (0, 96) and pack_q4(weights[:0]).shape == (0, 54)


@pytest.mark.parametrize("shape", [(4, 31), (33,), ()])
def test_rows_that_do_not_fill_blocks_are_refused(shape):
    with pytest.raises(OpticalError, match="do not fill blocks of 32"):
        pack_q4(torch.zeros(shape))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 6e5])
def test_weights_that_no_scale_holds_are_refused(value):
    row = torch.zeros(1, 32)
    row[0, 5] = value
    with pytest.raises(OpticalError, match="not a finite number"):
        pack_q4(row)


@pytest.mark.parametrize("blocks", [torch.zeros(2, 19, dtype=torch.uint8), torch.zeros(2, 18)])
def test_what_is_no_block_is_refused(blocks):
    with pytest.raises(OpticalError, match="multiple of 18 bytes"):
        unpack_q4(blocks)
