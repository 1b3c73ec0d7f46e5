"""Optimal transport between token vectors: batched, masked by zero mass, with no text and no models.

Example:
    >>> import torch
    >>> from pyterrier_optical.transport import cosine_cost, transport_cost, transport_plan, uniform_marginals
    >>> english, other = torch.eye(3)[None], torch.eye(3)[None, [2, 0, 1]]
    >>> mass = uniform_marginals(torch.ones(1, 3, dtype=torch.bool))
    >>> cost = cosine_cost(english, other)
    >>> bool(transport_cost(transport_plan(cost, mass, mass), cost) < 1e-6)
    True
"""

from pyterrier_optical.transport.cost import cosine_cost, transport_cost
from pyterrier_optical.transport.exact import exact
from pyterrier_optical.transport.greedy import greedy
from pyterrier_optical.transport.marginals import norm_marginals, uniform_marginals
from pyterrier_optical.transport.plan import PLANS, check_plan, plan_options, transport_plan
from pyterrier_optical.transport.proximal import proximal
from pyterrier_optical.transport.sinkhorn import sinkhorn
from pyterrier_optical.transport.unbalanced import unbalanced
from pyterrier_optical.transport.uniform import uniform

__all__ = [
    "PLANS",
    "check_plan",
    "cosine_cost",
    "exact",
    "greedy",
    "norm_marginals",
    "plan_options",
    "proximal",
    "sinkhorn",
    "transport_cost",
    "transport_plan",
    "unbalanced",
    "uniform",
    "uniform_marginals",
]
