"""Ragged batches of transport problems for the tests."""

import numpy as np
import ot
import torch

from pyterrier_optical.transport import cosine_cost, uniform_marginals


def marginals(lengths, width=None):
    lengths = torch.as_tensor(lengths)
    width = int(lengths.max()) if width is None else width
    return uniform_marginals(torch.arange(width)[None, :] < lengths[:, None])


def ragged(seed, batch=16, longest=15, dims=12, noise=0.7, shortest=1):
    """Noisy translations: every column is a noisy copy of some row; the first problems have sentences of length 1."""
    generator = torch.Generator().manual_seed(seed)
    lengths_a = torch.randint(shortest, longest + 1, (batch,), generator=generator)
    lengths_b = torch.randint(shortest, longest + 3, (batch,), generator=generator)
    if shortest == 1 and batch > 2:
        lengths_a[0], lengths_b[1], lengths_a[2], lengths_b[2] = 1, 1, 1, 1
    a, b = marginals(lengths_a), marginals(lengths_b)
    x = torch.randn(batch, a.shape[1], dims, generator=generator)
    source = (torch.rand(batch, b.shape[1], generator=generator) * lengths_a[:, None]).long()
    y = torch.gather(x, 1, source[:, :, None].expand(-1, -1, dims))
    y = y + noise * torch.randn(y.shape, generator=generator)
    # What stands in padding must not matter, so it is loud.
    x[a == 0], y[b == 0] = 100.0, torch.nan
    return cosine_cost(x, y), a, b


def real_part(cost, a, b):
    """The problems without padding, as float64 arrays."""
    for c, row, column in zip(cost.double().numpy(), a.double().numpy(), b.double().numpy(), strict=True):
        i, j = row > 0, column > 0
        yield c[np.ix_(i, j)], row[i] / row[i].sum(), column[j] / column[j].sum()


def least_costs(cost, a, b):
    """POT's exact cost of every problem."""
    costs = [ot.emd2(row, column, c) for c, row, column in real_part(cost, a, b)]
    return torch.tensor(costs, dtype=torch.float64)


def assert_plan(plan, a, b, tolerance=1e-5):
    """A plan is finite, non-negative, empty on padding, meets both marginals and carries no gradient."""
    assert plan.isfinite().all()
    assert (plan >= 0).all()
    assert (plan[a == 0] == 0).all()
    assert (plan.transpose(1, 2)[b == 0] == 0).all()
    torch.testing.assert_close(plan.sum(2), a.to(plan), atol=tolerance, rtol=0)
    torch.testing.assert_close(plan.sum(1), b.to(plan), atol=tolerance, rtol=0)
    assert not plan.requires_grad
