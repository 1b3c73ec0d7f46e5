"""Nearly exact optimal transport by proximal points (IPOT), batched and masked."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import prepare, round_to_marginals

LARGEST_STEP = 40.0
LARGEST_SCALING = 1e3
NO_MASS = 1e-30  # below this an entry is dropped, before it becomes a denormal number and slow


@torch.no_grad()
def proximal(cost: Tensor, a: Tensor, b: Tensor, *, beta: float = 0.2, iterations: int = 50) -> Tensor:
    r"""The inexact proximal point plan (IPOT; Xie, Wang, Wang, Zha 2018, algorithm 1, one inner iteration).

    Each step multiplies the last plan by :math:`G = \exp(-C / \beta)`, to Q, and scales it to the marginals:
    :math:`u = a / Q v`, :math:`v = b / Q^\top u`, :math:`T = \mathrm{diag}(u) Q \mathrm{diag}(v)`. The next step starts
    from this v: scalings change little from step to step, and starting from ones stalls before the optimum. At step k
    it is Sinkhorn's iteration with an epsilon of :math:`\beta / k`, so the plan tends to an exact one.

    Plain products are safe in float32 while the costs of a problem span at most 40 ``beta``: after a step each row
    holds at least its mass times the smallest share of a column, and G takes no more than exp(-40) of it.

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
        raise OpticalError(f"beta={beta} is no strength of a proximal step: pass a number above 0, such as 0.2.")
    if iterations < 1:
        raise OpticalError(f"iterations={iterations} leaves no plan: pass at least 1.")
    cost, a, b = prepare(cost, a, b)
    if not cost.numel():
        return cost
    real = (a > 0)[:, :, None] & (b > 0)[:, None, :]
    lowest = cost.masked_fill(~real, torch.inf).amin((1, 2), keepdim=True)
    step = ((lowest - cost) / beta).masked_fill_(~real, 0)
    if float(step.min()) < -LARGEST_STEP:
        raise OpticalError(f"beta={beta} is too small for costs this far apart: pass at least their span / 40.")
    pull = step.exp_()
    tiny = torch.finfo(cost.dtype).tiny
    plan, v = a[:, :, None] * b[:, None, :], torch.ones_like(b)
    for _ in range(iterations):
        plan = torch.threshold(plan * pull, NO_MASS, 0)
        u = a / (plan * v[:, None, :]).sum(2).clamp_min_(tiny)
        v = b / (plan * u[:, :, None]).sum(1).clamp_min_(tiny)
        plan *= u[:, :, None]
        plan *= v[:, None, :]
        v = (v / (v * b).sum(1, keepdim=True).clamp_min_(tiny)).clamp_(1 / LARGEST_SCALING, LARGEST_SCALING)
    return round_to_marginals(plan, a, b)
