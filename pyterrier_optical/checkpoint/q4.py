"""Weights in four bits: blocks of 32 that share a scale, as in the files of ggml (its type Q4_0).

A block is 18 bytes: the scale s as a float16, little-endian, then 16 bytes of which the low halves are the weights 0 to
15 and the high halves the weights 16 to 31. A half h, of 0 to 15, means the weight s (h - 8). That is 4.5 bits a
weight. The weight of the largest magnitude has h = 0, so s may be negative.
"""

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError

BLOCK = 32  # weights
BLOCK_BYTES = 18


def pack_q4(weights: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """Round weights to four bits.

    What `unpack_q4` gave is packed without loss: unpacked again, it is the same to the bit.

    Args:
        weights: (..., columns) floating point, finite, columns a multiple of 32.

    Returns:
        (..., columns // 32 * 18) uint8, an array or a tensor like ``weights``, on the same device.

    Raises:
        OpticalError: Rows that do not fill whole blocks; a weight that is not a finite number, or beyond 524,032,
            eight times the largest float16.

    Example:
        >>> weights = np.linspace(-1, 1, 32, dtype=np.float32)[None]
        >>> blocks = pack_q4(weights)
        >>> blocks.shape, float(abs(unpack_q4(blocks) - weights).max()) <= 1 / 8
        ((1, 18), True)
    """
    if isinstance(weights, np.ndarray):
        return pack_q4(torch.tensor(weights)).numpy()
    if weights.ndim == 0 or weights.shape[-1] % BLOCK:
        raise OpticalError(
            f"Weights of shape {tuple(weights.shape)} do not fill blocks of {BLOCK}: give rows whose length is "
            f"a multiple of {BLOCK}."
        )
    values = weights.detach().float().reshape(-1, BLOCK)
    extreme = values.gather(1, values.abs().argmax(1, keepdim=True))
    scale = (extreme / -8).half()
    if not scale.isfinite().all():
        raise OpticalError(
            "A weight is not a finite number, or beyond 524,032, the largest that four bits with a float16 scale hold: "
            "keep these weights in full precision."
        )
    # The stored scale, not the exact one, so that each weight gets the nearest value that can be read back.
    stored = scale.float()
    halves = (values / torch.where(stored == 0, torch.inf, stored) + 8.5).clamp(0, 15).to(torch.uint8)
    packed = torch.cat([scale.flatten().view(torch.uint8).view(-1, 2), halves[:, :16] | halves[:, 16:] << 4], dim=1)
    return packed.reshape(*weights.shape[:-1], weights.shape[-1] // BLOCK * BLOCK_BYTES)


def unpack_q4(blocks: np.ndarray | Tensor) -> np.ndarray | Tensor:
    """The weights of four-bit blocks.

    Args:
        blocks: (..., columns // 32 * 18) uint8, of `pack_q4` or of a file in this format; picking rows first, as an
            embedding does, is cheap.

    Returns:
        (..., columns) float32, an array or a tensor like ``blocks``, on the same device.

    Raises:
        OpticalError: ``blocks`` is of another type, or its rows do not fill whole blocks.

    Example:
        >>> blocks = pack_q4(torch.tensor([[1.0, -1.0] * 16]))
        >>> unpack_q4(blocks)[0, :4].tolist()
        [1.0, -0.875, 1.0, -0.875]
    """
    if isinstance(blocks, np.ndarray):
        return unpack_q4(torch.tensor(blocks)).numpy()
    if blocks.dtype != torch.uint8 or blocks.ndim == 0 or blocks.shape[-1] % BLOCK_BYTES:
        raise OpticalError(
            f"Four-bit blocks are uint8 rows of a multiple of {BLOCK_BYTES} bytes, not {blocks.dtype} of shape "
            f"{tuple(blocks.shape)}: give what pack_q4 returned."
        )
    split = blocks.reshape(-1, BLOCK_BYTES)
    scale = split[:, :2].contiguous().view(torch.float16).float()
    halves = torch.cat([split[:, 2:] & 15, split[:, 2:] >> 4], dim=1)
    weights = (halves.float() - 8) * scale
    return weights.reshape(*blocks.shape[:-1], blocks.shape[-1] // BLOCK_BYTES * BLOCK)
