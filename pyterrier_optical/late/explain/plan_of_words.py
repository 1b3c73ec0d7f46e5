"""The transport plan between two texts, by words."""

import numpy as np
import torch
from torch import Tensor

from pyterrier_optical.late.explain.words import Words
from pyterrier_optical.transport import cosine_cost, transport_plan, uniform_marginals


def plan_of_words(rows: Words, x: Tensor, columns: Words, y: Tensor, **plan) -> tuple[np.ndarray, float]:
    """The plan between the tokens of two texts (Huang, Yu and Allan 2023, section 3.2), summed by words.

    Args:
        rows: The words of one text.
        x: (tokens of it, d) unit vectors.
        columns: The words of the other.
        y: (tokens of it, d) unit vectors.
        **plan: As for `pyterrier_optical.transport.transport_plan`.

    Returns:
        (n, m) float64: the mass that each word of one text gives to each word of the other, 1 in all; every token has
        the same mass. And the cost, from 0 to 2. Zeros where a text has no token.
    """
    mass = np.zeros((len(rows.labels), len(columns.labels)))
    if not len(x) or not len(y):
        return mass, 0.0
    cost = cosine_cost(x[None].cpu(), y[None].cpu())
    masses = (uniform_marginals(torch.ones(1, len(side), dtype=torch.bool)) for side in (x, y))
    found = transport_plan(cost, *masses, **plan)
    np.add.at(mass, np.ix_(rows.owner, columns.owner), found[0].double().numpy())
    return mass, float((found * cost).sum())
