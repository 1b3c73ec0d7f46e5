"""No alignment at all: every token shares its mass among all tokens of the other side."""

import torch
from torch import Tensor

from pyterrier_optical.transport.problem import prepare


@torch.no_grad()
def uniform(cost: Tensor, a: Tensor, b: Tensor) -> Tensor:
    r"""The independent plan :math:`a b^\top / \sum a`, whatever the costs: what is left of a plan without transport.

    It meets both marginals, and is where the entropic plan tends as epsilon grows. As a target it pulls every token
    towards the mean of the other sentence. It is for comparison.

    Args:
        cost: costs, shape (B, n, m); only their shape, device and dtype matter.
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).

    Returns:
        Plans without gradient, shape (B, n, m), float32 (float64 for a float64 cost); a problem without mass on one
        side gets zeros.

    Raises:
        OpticalError: the inputs do not fit (see ``prepare``).

    Example:
        >>> import torch
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> uniform(torch.eye(2)[None], half, half)
        tensor([[[0.2500, 0.2500],
                 [0.2500, 0.2500]]])
    """
    cost, a, b = prepare(cost, a, b)
    mass = a.sum(1).clamp_min(torch.finfo(a.dtype).tiny)
    return a[:, :, None] * (b / mass[:, None])[:, None, :]
