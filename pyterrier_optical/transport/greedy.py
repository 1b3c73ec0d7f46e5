"""The alignment without transport: every token to the one it is nearest to."""

import torch
from torch import Tensor

from pyterrier_optical.transport.problem import prepare


@torch.no_grad()
def greedy(cost: Tensor, a: Tensor, b: Tensor) -> Tensor:
    r"""The greedy alignment: each column sends all its mass to its cheapest row, :math:`T_{ij} = b_j [i = i^*(j)]`.

    In distillation rows are the teacher's tokens and columns the student's. The columns' marginal b is met; the rows'
    marginal a is **not**: a row that no column finds cheapest gets nothing, and one that many do gets more than its
    mass. So an English token may go unheard, which transport does not allow. It is MaxSim's own alignment, with its
    cost a lower bound of the cost of every plan that meets b, and is for comparison.

    Args:
        cost: costs, shape (B, n, m).
        a: masses of the rows, shape (B, n); only whether they are 0 (padding) matters.
        b: masses of the columns, shape (B, m).

    Returns:
        Plans without gradient, shape (B, n, m), float32 (float64 for a float64 cost); of equally cheap rows the first
        takes all; a problem without mass on one side gets zeros.

    Raises:
        OpticalError: the inputs do not fit (see ``prepare``).

    Example:
        >>> import torch
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> greedy(torch.tensor([[[0.1, 0.2], [0.3, 0.4]]]), half, half)
        tensor([[[0.5000, 0.5000],
                 [0.0000, 0.0000]]])
    """
    cost, a, b = prepare(cost, a, b)
    if not cost.numel():
        return cost
    cheapest = cost.masked_fill((a == 0)[:, :, None], torch.inf).argmin(1, keepdim=True)
    return torch.zeros_like(cost).scatter_(1, cheapest, b[:, None, :])
