"""What objectives and starts are called; no model is needed to know it."""

START = "start"
ALIGNED, PLAIN = "aligned", "plain"
STARTS = (ALIGNED, PLAIN)

OBJECTIVES = {
    "ot": "optimal transport between the teacher's and the student's tokens (OPTICAL)",
    "ot-norm": "the same with the mass of a token growing with the length of its vector",
    "optical": "that and the sentence vector beside the tokens",
    "optical-scores": "that and the teacher's ranking of the batch's English sentences",
    "unbalanced": "optimal transport where a token without a counterpart may keep its mass",
    "uniform": "the cost of transport under a plan that treats all pairs of tokens alike",
    "greedy": "the cost of transport with each of the student's tokens aligned with its nearest of the teacher's",
    "mse": "mean squared error of pooled vectors (multilingual knowledge distillation)",
    "scores": "the teacher's ranking of the batch's English sentences by MaxSim, alone",
    "ranking": "translation ranking of pooled vectors with an additive margin, both ways (LaBSE)",
    "contrastive": "in-batch contrastive learning over MaxSim",
    "mlm": "masked language modelling of both sides, without their pairing (mBERT)",
    "ot+mse": "optimal transport and the pooled vectors together",
    START: "no training",
}

POOLED = {"mse", "ranking"}
"""Objectives that train a pooled vector: they are also ranked by it."""


def parts(name: str) -> list[str]:
    """The objectives that a name joins.

    Example:
        >>> parts("ot+mse")
        ['ot', 'mse']
    """
    return str(name).split("+")


def trains_pooled_vector(name: str) -> bool:
    """Whether an objective trains a pooled vector, by which it can be ranked too.

    Example:
        >>> trains_pooled_vector("ot+mse"), trains_pooled_vector("ot")
        (True, False)
    """
    return not POOLED.isdisjoint(parts(name))
