"""Nearly exact optimal transport by proximal points (IPOT), batched and masked."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import prepare, round_to_marginals

LARGEST_STEP = 60.0
NO_MASS = 1e-30  # below this an entry is dropped, before it becomes a denormal number and slow


@torch.no_grad()
def proximal(cost: Tensor, a: Tensor, b: Tensor, *, beta: float = 0.5, iterations: int = 50) -> Tensor:
    r"""The inexact proximal point plan (IPOT; Xie, Wang, Wang, Zha 2018, algorithm 1, one inner iteration).

    Each step multiplies the last plan by :math:`G = \exp(-C / \beta)` and scales rows, then columns, to the marginals.
    It is Sinkhorn's iteration with an epsilon of :math:`\beta / k` at step k, so the plan tends to an exact one and no
    epsilon has to be chosen.

    Plain products are safe in float32 while the costs of a problem span at most 60 ``beta``: after a step each row
    holds at least its mass times the smallest column mass, and G takes no more than exp(-60) from it.

    Args:
        cost: costs, shape (B, n, m); half precision is raised to float32, float64 stays.
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).
        beta: strength of the pull to the last plan, in units of cost, above 0; smaller is faster and less steady.
        iterations: number of steps.

    Returns:
        Plans without gradient, shape (B, n, m), rounded to the marginals; a problem without mass on one side gets
        zeros.

    Raises:
        OpticalError: an option is out of range, or the inputs do not fit (see ``prepare``).

    Example:
        >>> import torch
        >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> proximal(cost, half, half)
        tensor([[[0.5000, 0.0000],
                 [0.0000, 0.5000]]])
    """
    if not beta > 0:
        raise OpticalError(f"beta={beta} is no strength of a proximal step: pass a number above 0, such as 0.5.")
    if iterations < 1:
        raise OpticalError(f"iterations={iterations} leaves no plan: pass at least 1.")
    cost, a, b = prepare(cost, a, b)
    real = (a > 0)[:, :, None] & (b > 0)[:, None, :]
    lowest = cost.masked_fill(~real, torch.inf).amin((1, 2), keepdim=True).nan_to_num_(posinf=0)
    step = (lowest - cost).masked_fill(~real, 0) / beta
    if step.numel() and float(step.min()) < -LARGEST_STEP:
        raise OpticalError(f"beta={beta} is too small for costs this far apart: pass at least their span / 60.")
    pull = step.exp_()
    tiny = torch.finfo(cost.dtype).tiny
    plan = a[:, :, None] * b[:, None, :]
    for _ in range(iterations):
        plan = torch.threshold(plan * pull, NO_MASS, 0)
        plan *= (a / plan.sum(2).clamp_min_(tiny))[:, :, None]
        plan *= (b / plan.sum(1).clamp_min_(tiny))[:, None, :]
    return round_to_marginals(plan, a, b)
