import numpy as np
import ot
import pytest
import torch
from ragged_problems import marginals, ragged, real_part

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import sinkhorn, unbalanced


def pot_plans(cost, a, b, epsilon, rho):
    """POT's unbalanced plan of every problem, in float64, padded again."""
    plans = torch.zeros(cost.shape, dtype=torch.float64)
    for plan, row, column, (c, real_row, real_column) in zip(plans, a, b, real_part(cost, a, b), strict=True):
        found = ot.unbalanced.sinkhorn_unbalanced(
            real_row, real_column, c, epsilon, rho, method="sinkhorn_stabilized", numItermax=20000, stopThr=1e-9
        )
        plan[torch.outer(row > 0, column > 0)] = torch.tensor(np.asarray(found).ravel())
    return plans


@pytest.mark.parametrize("epsilon", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("rho", [0.1, 0.5, 2.0])
def test_the_converged_plan_is_pots(epsilon, rho):
    cost, a, b = ragged(3, batch=6, longest=9)
    plan = unbalanced(cost, a, b, epsilon=epsilon, rho=rho, iterations=1000)
    assert (plan - pot_plans(cost, a, b, epsilon, rho)).abs().sum((1, 2)).max() < 1e-3


@pytest.mark.slow
def test_default_iterations_come_close_to_the_converged_plan():
    cost, a, b = ragged(6, batch=32, longest=15, dims=64)
    converged = unbalanced(cost.double(), a, b, iterations=10000)
    off = (unbalanced(cost, a, b) - converged).abs().sum((1, 2)) / 2
    assert off.mean() < 0.02


def test_a_high_price_gives_balanced_transport():
    cost, a, b = ragged(4)
    near = unbalanced(cost, a, b, epsilon=0.05, rho=1e4, iterations=700)
    balanced = sinkhorn(cost, a, b, epsilon=0.05, iterations=5000, tolerance=1e-5)
    assert (near - balanced).abs().sum((1, 2)).max() < 0.01


def test_a_token_without_a_counterpart_keeps_most_of_its_mass():
    cost = torch.tensor([[[0.0, 1.0], [1.0, 0.1], [1.0, 1.0]]])
    a, b = marginals([3]), marginals([2])
    sent = unbalanced(cost, a, b, rho=0.1).sum(2)[0] / a[0]
    assert sent[2] < 0.2 < 0.7 < sent[:2].min()


def test_mass_scales_with_the_marginals():
    cost, a, b = ragged(5)
    torch.testing.assert_close(unbalanced(cost, 5 * a, 5 * b), 5 * unbalanced(cost, a, b), atol=1e-4, rtol=0)


def test_padding_gets_and_gives_nothing():
    cost, a, b = ragged(9, batch=6)
    plan = unbalanced(cost, a, b)
    assert plan.isfinite().all()
    assert (plan[a == 0] == 0).all() and (plan.transpose(1, 2)[b == 0] == 0).all()
    wide = torch.full((6, a.shape[1] + 5, b.shape[1] + 3), torch.nan)
    wide[:, : a.shape[1], : b.shape[1]] = cost
    pad = torch.nn.functional.pad
    padded = unbalanced(wide, pad(a, (0, 5)), pad(b, (0, 3)))
    torch.testing.assert_close(padded[:, : a.shape[1], : b.shape[1]], plan, atol=1e-5, rtol=0)
    assert (unbalanced(torch.rand(1, 2, 2), torch.zeros(1, 2), marginals([2])) == 0).all()


def test_costs_of_any_size_and_small_epsilons_stay_finite():
    cost, a, b = ragged(12)
    for plan in (unbalanced(cost * 1e4, a, b), unbalanced(cost * 1e-6, a, b), unbalanced(cost, a, b, epsilon=1e-6)):
        assert plan.isfinite().all() and (plan >= 0).all()
        assert (plan.sum((1, 2)) <= 1.1).all()


def test_gradients_do_not_flow():
    assert not unbalanced(torch.rand(1, 2, 2, requires_grad=True), marginals([2]), marginals([2])).requires_grad


@pytest.mark.parametrize("option", [{"epsilon": 0}, {"rho": -1}, {"rho": float("nan")}, {"iterations": 0}])
def test_options_out_of_range_are_named(option):
    (name, value), *_ = option.items()
    with pytest.raises(OpticalError, match=f"{name}={value}"):
        unbalanced(torch.rand(1, 2, 2), marginals([2]), marginals([2]), **option)
