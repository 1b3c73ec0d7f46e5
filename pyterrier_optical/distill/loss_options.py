"""What the loss can be told beside its transport plan; no model is needed to know it."""

from numbers import Real

from pyterrier_optical.errors import OpticalError, shown

MARGINALS = ("uniform", "norm")
BESIDE_THE_PLAN = ("marginals", "sentence_weight", "score_weight")


def check_beside_the_plan(marginals: str = "uniform", sentence_weight: float = 0.0, score_weight: float = 0.0) -> None:
    """Refuses what `OpticalLoss` cannot use.

    Args:
        marginals: "uniform" or "norm".
        sentence_weight: A number of at least 0.
        score_weight: Likewise.

    Raises:
        OpticalError: One of them is something else.

    Example:
        >>> check_beside_the_plan("norm", sentence_weight=-1)
        Traceback (most recent call last):
        pyterrier_optical.errors.OpticalError: sentence_weight=-1 cannot be used: give 0 or more.
    """
    if marginals not in MARGINALS:
        raise OpticalError(f"marginals={shown(marginals)} is unknown: choose {' or '.join(map(repr, MARGINALS))}.")
    for name, weight in (("sentence_weight", sentence_weight), ("score_weight", score_weight)):
        if not isinstance(weight, Real) or isinstance(weight, bool) or not weight >= 0:
            raise OpticalError(f"{name}={shown(weight)} cannot be used: give 0 or more.")
