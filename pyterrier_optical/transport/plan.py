"""One door to all kinds of plan."""

from inspect import signature

from torch import Tensor

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.transport.exact import exact
from pyterrier_optical.transport.greedy import greedy
from pyterrier_optical.transport.proximal import proximal
from pyterrier_optical.transport.sinkhorn import sinkhorn
from pyterrier_optical.transport.unbalanced import unbalanced
from pyterrier_optical.transport.uniform import uniform

PLANS = {
    "sinkhorn": sinkhorn,
    "exact": exact,
    "proximal": proximal,
    "unbalanced": unbalanced,
    "uniform": uniform,
    "greedy": greedy,
}


def transport_plan(cost: Tensor, a: Tensor, b: Tensor, plan: str = "sinkhorn", **options) -> Tensor:
    """A soft alignment of the tokens of each pair of sentences; no gradient flows through it.

    The default is the entropic plan with epsilon 0.01. As measured in ``pt_docs/transport.md``, it teaches as well as
    the exact plan, where plans of epsilon 0.2 teach clearly worse, and at the length of sentences it costs about as
    much on a CPU; on a GPU it stays on the device, which the exact plan would leave at every step.

    Args:
        cost: costs, shape (B, n, m).
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).
        plan: ``"sinkhorn"`` (entropic), ``"exact"`` (POT's ``ot.emd``), ``"proximal"`` (IPOT) or ``"unbalanced"``
            (entropic, where a token may keep its mass); to compare with, what is no optimal transport: ``"uniform"``
            (every pair of tokens alike) and ``"greedy"`` (every column to its cheapest row; it does not meet the rows'
            marginal).
        **options: keyword options of the function of that name.

    Returns:
        Plans, shape (B, n, m), float32 (float64 for a float64 cost), zero on padding.

    Raises:
        OpticalError: the plan or an option is unknown, or what the plan's own function raises.

    Example:
        >>> import torch
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> transport_plan(torch.eye(2)[None], half, half, plan="exact")
        tensor([[[0.0000, 0.5000],
                 [0.5000, 0.0000]]])
    """
    check_plan(plan, **options)
    return PLANS[plan](cost, a, b, **options)


def plan_options(plan: str) -> list[str]:
    """The options of a plan, by name.

    Example:
        >>> plan_options("sinkhorn")
        ['epsilon', 'iterations', 'tolerance']
    """
    return [name for name, p in signature(PLANS[plan]).parameters.items() if p.kind is p.KEYWORD_ONLY]


def check_plan(plan: str = "sinkhorn", **options) -> None:
    """Refuses what `transport_plan` would, before there is anything to align.

    Raises:
        OpticalError: the plan or an option is unknown.

    Example:
        >>> check_plan("sinkhorn", epsilon=0.01)
    """
    if plan not in PLANS:
        raise OpticalError(f"plan={shown(plan)} is unknown: choose one of {', '.join(map(repr, PLANS))}.")
    known = plan_options(plan)
    unknown = sorted(options.keys() - set(known))
    if unknown:
        raise OpticalError(
            f"plan={shown(plan)} has no option {', '.join(map(repr, unknown))}: "
            f"it takes {', '.join(map(repr, known)) or 'none'}."
        )
