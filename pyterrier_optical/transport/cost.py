"""Cosine cost between token vectors, and the cost of a plan."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import working_dtype


def cosine_cost(x: Tensor, y: Tensor) -> Tensor:
    """One minus the cosine of every pair of tokens; gradients flow to both sides.

    A zero vector (padding) has cosine 0, so cost 1, with everything. Half-precision vectors are raised to float32,
    under ``torch.autocast`` too: plans at epsilon 0.01 need a better cost than bfloat16's steps of 0.004 around 1.

    Args:
        x: token vectors, shape (B, n, d), any floating dtype; need not be normalised.
        y: token vectors, shape (B, m, d).

    Returns:
        Costs in [0, 2] up to rounding, shape (B, n, m), float32 (float64 when a side is float64).

    Raises:
        OpticalError: the shapes do not fit each other.

    Example:
        >>> import torch
        >>> cosine_cost(torch.tensor([[[2.0, 0.0]]]), torch.tensor([[[3.0, 0.0], [0.0, 1.0]]]))
        tensor([[[0., 1.]]])
    """
    if x.dim() != 3 or y.dim() != 3 or x.shape[0] != y.shape[0] or x.shape[2] != y.shape[2]:
        raise OpticalError(
            f"Token vectors of shapes {tuple(x.shape)} and {tuple(y.shape)} do not fit: pass (B, n, d) and (B, m, d)."
        )
    dtype = working_dtype(x, y)
    with torch.autocast(x.device.type, enabled=False):
        x = torch.nn.functional.normalize(x.to(dtype), dim=-1)
        y = torch.nn.functional.normalize(y.to(dtype), dim=-1)
        return 1 - x @ y.transpose(1, 2)


def transport_cost(plan: Tensor, cost: Tensor) -> Tensor:
    """The Frobenius product ``<T, C>`` of each problem (OPTICAL's loss); the gradient flows through the cost only.

    Args:
        plan: transport plans, shape (B, n, m); treated as a constant.
        cost: costs, shape (B, n, m).

    Returns:
        Costs of the plans, shape (B,), float32 (float64 when an input is float64).

    Raises:
        OpticalError: the shapes differ.

    Example:
        >>> import torch
        >>> transport_cost(torch.full((1, 2, 2), 0.25), torch.eye(2)[None])
        tensor([0.5000])
    """
    if plan.shape != cost.shape or plan.dim() != 3:
        raise OpticalError(
            f"A plan of shape {tuple(plan.shape)} has no cost under costs of shape {tuple(cost.shape)}: "
            "both must be (B, n, m)."
        )
    dtype = working_dtype(plan, cost)
    return (plan.detach().to(dtype) * cost.to(dtype)).sum((1, 2))
