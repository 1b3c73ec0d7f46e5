"""What the loss can be told beside its transport plan; no model is needed to know it."""

from numbers import Real

from pyterrier_optical.errors import OpticalError, shown

MARGINALS = ("uniform", "norm")
BESIDE_THE_PLAN = ("marginals", "sentence_weight", "score_weight")


def check_beside_the_plan(marginals: str = "uniform", **weights: float) -> None:
    """Refuses what `OpticalLoss` cannot use.

    Args:
        marginals: "uniform" or "norm".
        **weights: Numbers of at least 0, by their names.

    Raises:
        OpticalError: One of them is something else.

    Example:
        >>> check_beside_the_plan("norm", score_weight=-1)
        Traceback (most recent call last):
        pyterrier_optical.errors.OpticalError: score_weight=-1 cannot be used: give 0 or more.
    """
    if marginals not in MARGINALS:
        raise OpticalError(f"marginals={shown(marginals)} is unknown: choose {' or '.join(map(repr, MARGINALS))}.")
    for name, weight in weights.items():
        if not isinstance(weight, Real) or isinstance(weight, bool) or not weight >= 0:
            raise OpticalError(f"{name}={shown(weight)} cannot be used: give 0 or more.")
