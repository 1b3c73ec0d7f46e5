"""Rows of texts that lie one after the other in one tensor."""

import torch
from torch import Tensor


def rows_of(starts: Tensor, lengths: Tensor) -> Tensor:
    """The numbers from each start on, as many as its length, one range after the other.

    Args:
        starts: (n,) int64.
        lengths: (n,) int64.

    Returns:
        (sum of lengths,) int64.

    Example:
        >>> rows_of(torch.tensor([5, 0]), torch.tensor([2, 3])).tolist()
        [5, 6, 0, 1, 2]
    """
    ends = lengths.cumsum(0)
    return torch.arange(int(lengths.sum())) + torch.repeat_interleave(starts - (ends - lengths), lengths)
