"""What the loss can be told; no model is needed to know it."""

from numbers import Real

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.transport import check_plan, plan_options

MARGINALS = ("uniform", "norm")


def check_loss(
    plan: str = "sinkhorn",
    marginals: str = "uniform",
    sentence_weight: float = 0.0,
    score_weight: float = 0.0,
    **options,
) -> None:
    """Refuses what `OpticalLoss` cannot use.

    Args:
        plan: A name that `pyterrier_optical.transport.transport_plan` knows.
        marginals: "uniform" or "norm".
        sentence_weight: A finite number of at least 0.
        score_weight: Likewise.
        **options: Those of the plan.

    Raises:
        OpticalError: One of them is something else.

    Example:
        >>> check_loss(marginals="norm", sentence_weight=-1)
        Traceback (most recent call last):
        pyterrier_optical.errors.OpticalError: sentence_weight=-1 cannot be used: give a finite number of at least 0.
    """
    check_plan(plan)
    if marginals not in MARGINALS:
        raise OpticalError(f"marginals={shown(marginals)} is unknown: choose {' or '.join(map(repr, MARGINALS))}.")
    weights = {"sentence_weight": sentence_weight, "score_weight": score_weight}
    for name, weight in weights.items():
        if not isinstance(weight, Real) or isinstance(weight, bool) or not 0 <= weight < float("inf"):
            raise OpticalError(f"{name}={shown(weight)} cannot be used: give a finite number of at least 0.")
    known = plan_options(plan)
    if unknown := [name for name in options if name not in known]:
        raise OpticalError(
            f"The loss with plan={shown(plan)} has no option {shown(unknown[0])}: "
            f"it takes {', '.join(['plan', 'marginals', *weights, *known])}."
        )
