"""What every solver needs first: one checked, padded, finite batch of problems."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError

MASS_TOLERANCE = 1e-4
"""Largest relative difference between the masses of the two sides of a problem; float32 sums differ by 1e-6 or so."""


def working_dtype(*tensors: Tensor) -> torch.dtype:
    """Float64 when a tensor is float64, else float32: half precision and integers are raised.

    Example:
        >>> import torch
        >>> working_dtype(torch.zeros(1, dtype=torch.bfloat16), torch.zeros(1, dtype=torch.float16))
        torch.float32
    """
    return torch.float64 if any(t.dtype == torch.float64 for t in tensors) else torch.float32


def prepare(cost: Tensor, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Checks a batch and returns it detached, in a working dtype, without what must not matter.

    Costs of padding become 0, so that whatever stood there is harmless; a problem without mass on one side loses the
    mass of the other; both sides of every other problem carry exactly the first side's mass.

    Args:
        cost: costs, shape (B, n, m).
        a: masses of the rows, shape (B, n); 0 marks padding.
        b: masses of the columns, shape (B, m).

    Returns:
        Cost, a and b on the cost's device, float32 or float64.

    Raises:
        OpticalError: shapes do not fit, a mass is negative or not finite, the sides' masses differ, or the cost between
            two real tokens is not finite.
    """
    if cost.dim() != 3 or a.shape != cost.shape[:2] or b.shape != (cost.shape[0], cost.shape[2]):
        raise OpticalError(
            f"Costs of shape {tuple(cost.shape)} do not fit marginals of shapes {tuple(a.shape)} and {tuple(b.shape)}: "
            "pass (B, n, m), (B, n) and (B, m)."
        )
    dtype = working_dtype(cost)
    cost, a, b = (t.detach().to(cost.device, dtype) for t in (cost, a, b))
    mass_a, mass_b = a.sum(1, keepdim=True), b.sum(1, keepdim=True)
    filled = (mass_a > 0) & (mass_b > 0)
    real = (a > 0)[:, :, None] & (b > 0)[:, None, :]
    cost = cost.masked_fill(~real, 0)
    sound = torch.stack(
        [
            ((a >= 0) & a.isfinite()).all() & ((b >= 0) & b.isfinite()).all(),
            (~filled | ((mass_a - mass_b).abs() <= MASS_TOLERANCE * mass_a)).all(),
            cost.isfinite().all(),
        ]
    ).tolist()
    if not sound[0]:
        raise OpticalError("The marginals hold a negative or non-finite mass: pass masses of at least 0.")
    if not sound[1]:
        raise OpticalError("The two marginals of a problem carry different masses: scale both to the same sum.")
    if not sound[2]:
        raise OpticalError("The cost between two real tokens is NaN or infinite: check the token vectors.")
    return cost, a * filled, b * torch.where(filled, mass_a / mass_b, 0)


def round_to_marginals(plan: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The nearby plan that meets both marginals exactly (Altschuler, Weed, Rigollet 2017, algorithm 2).

    Rows, then columns, that carry too much are scaled down; what is then missing is spread as an outer product. The
    plan moves by at most twice its marginal error in total mass.

    Args:
        plan: non-negative, shape (B, n, m).
        a: masses of the rows, shape (B, n).
        b: masses of the columns, shape (B, m).

    Returns:
        Plans, shape (B, n, m), that meet the marginals up to rounding of the dtype.
    """
    tiny = torch.finfo(plan.dtype).tiny
    plan = plan * (a / plan.sum(2).clamp_min(tiny)).clamp_max(1)[:, :, None]
    plan = plan * (b / plan.sum(1).clamp_min(tiny)).clamp_max(1)[:, None, :]
    lack_a = (a - plan.sum(2)).clamp_min(0)
    lack_b = (b - plan.sum(1)).clamp_min(0)
    return plan + lack_a[:, :, None] * (lack_b / lack_b.sum(1, keepdim=True).clamp_min(tiny))[:, None, :]
