import sys

import numpy as np
import ot
import pytest
import torch
from ragged_problems import assert_plan, least_costs, marginals, ragged, real_part

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import sinkhorn, transport_cost

EPSILONS = [0.005, 0.01, 0.05, 0.2, 1.0]


def pot_plans(cost, a, b, epsilon):
    """POT's entropic plan of every problem, in the log domain and float64, padded again."""
    plans = torch.zeros(cost.shape, dtype=torch.float64)
    for plan, row, column, (c, real_row, real_column) in zip(plans, a, b, real_part(cost, a, b), strict=True):
        found = ot.sinkhorn(
            real_row, real_column, c, epsilon, method="sinkhorn_log", numItermax=5000, stopThr=1e-6, warn=False
        )
        plan[torch.outer(row > 0, column > 0)] = torch.tensor(found.ravel())
    return plans


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_the_converged_plan_is_pots_entropic_plan(epsilon):
    cost, a, b = ragged(3, batch=6, longest=9)
    plan = sinkhorn(cost, a, b, epsilon=epsilon, iterations=10000, tolerance=1e-5)
    off = (plan - pot_plans(cost, a, b, epsilon)).abs().sum((1, 2)) / 2
    assert off.max() < 1e-3


@pytest.mark.parametrize("epsilon", EPSILONS)
@pytest.mark.parametrize("iterations", [1, 5, 50])
def test_marginals_are_met_whatever_epsilon_and_however_few_iterations(epsilon, iterations):
    cost, a, b = ragged(4)
    assert_plan(sinkhorn(cost, a, b, epsilon=epsilon, iterations=iterations), a, b)


@pytest.mark.parametrize("epsilon", EPSILONS)
def test_cost_lies_between_the_exact_one_and_the_bound_of_entropy(epsilon):
    cost, a, b = ragged(5)
    plan = sinkhorn(cost, a, b, epsilon=epsilon, iterations=5000)
    gap = transport_cost(plan, cost.nan_to_num()) - least_costs(cost, a, b)
    # <T, C> of the entropic plan exceeds the optimum by at most epsilon times the entropy an exact plan can lack.
    slack = epsilon * torch.log(torch.minimum((a > 0).sum(1), (b > 0).sum(1)))
    assert (gap > -1e-5).all()
    assert (gap <= slack + 2e-3).all()


@pytest.mark.slow
def test_default_iterations_come_close_to_the_converged_plan():
    cost, a, b = ragged(6, batch=32, longest=15, dims=64)
    converged = sinkhorn(cost.double(), a, b, iterations=2000, tolerance=1e-5)
    off = (sinkhorn(cost, a, b) - converged).abs().sum((1, 2)) / 2
    assert off.mean() < 0.02


def test_identical_rows_share_their_mass_evenly():
    row = torch.tensor([0.1, 0.9, 0.4])
    cost, a, b = row.repeat(1, 4, 1), marginals([4]), marginals([3])
    torch.testing.assert_close(sinkhorn(cost, a, b), torch.full((1, 4, 3), 1 / 12))


def test_one_token_meets_all():
    cost, a, b = torch.rand(1, 1, 5), marginals([1]), marginals([5])
    torch.testing.assert_close(sinkhorn(cost, a, b), torch.full((1, 1, 5), 0.2))


def test_a_shift_of_the_cost_changes_nothing_and_a_scale_goes_with_epsilon():
    cost, a, b = ragged(7)
    plan = sinkhorn(cost, a, b, epsilon=0.05, iterations=1000)
    torch.testing.assert_close(sinkhorn(cost + 3, a, b, epsilon=0.05, iterations=1000), plan, atol=1e-4, rtol=0)
    torch.testing.assert_close(sinkhorn(cost * 8, a, b, epsilon=0.4, iterations=1000), plan, atol=1e-4, rtol=0)


def test_the_plan_follows_a_permutation_of_tokens_and_problems():
    cost, a, b = ragged(8)
    torch.manual_seed(0)
    p, q, r = torch.randperm(cost.shape[0]), torch.randperm(cost.shape[1]), torch.randperm(cost.shape[2])
    plan = sinkhorn(cost, a, b)
    permuted = sinkhorn(cost[p][:, q][:, :, r], a[p][:, q], b[p][:, r])
    torch.testing.assert_close(permuted, plan[p][:, q][:, :, r], atol=1e-4, rtol=0)


def test_padding_changes_nothing():
    cost, a, b = ragged(9, batch=6)
    wide = torch.full((6, a.shape[1] + 5, b.shape[1] + 3), torch.nan)
    wide[:, : a.shape[1], : b.shape[1]] = cost
    pad = torch.nn.functional.pad
    plan = sinkhorn(wide, pad(a, (0, 5)), pad(b, (0, 3)))
    torch.testing.assert_close(plan[:, : a.shape[1], : b.shape[1]], sinkhorn(cost, a, b), atol=1e-5, rtol=0)


def test_the_log_domain_and_the_kernel_form_agree(monkeypatch):
    cost, a, b = ragged(10)
    by_kernel = sinkhorn(cost, a, b, iterations=2000)
    # With no scaling allowed, every block is done in the log domain.
    monkeypatch.setattr(sys.modules["pyterrier_optical.transport.sinkhorn"], "LARGEST_SCALING", 1.0)
    by_log = sinkhorn(cost, a, b, iterations=4000)
    assert ((by_log - by_kernel).abs().sum((1, 2)) / 2).max() < 0.02
    assert_plan(by_log, a, b)


@pytest.mark.parametrize("epsilon", [1e-7, 1e-5, 1e-3])
def test_far_smaller_epsilons_still_give_plans(epsilon):
    cost, a, b = ragged(11)
    assert_plan(sinkhorn(cost, a, b, epsilon=epsilon, iterations=200), a, b)


def test_costs_of_any_size_stay_finite():
    cost, a, b = ragged(12)
    assert_plan(sinkhorn(cost * 1e4, a, b), a, b)
    assert_plan(sinkhorn(cost * 1e-6, a, b), a, b)


def test_masses_need_not_be_uniform_nor_sum_to_one():
    rng = np.random.default_rng(0)
    row, column = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(4))
    c = rng.random((6, 4))
    found = sinkhorn(*(torch.tensor(t)[None] for t in (c, 5 * row, 5 * column)), epsilon=0.05, iterations=5000)
    expected = ot.sinkhorn(row, column, c, 0.05, method="sinkhorn_log", numItermax=20000, stopThr=1e-9)
    np.testing.assert_allclose(found[0].numpy(), 5 * expected, atol=5e-3)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_plans_are_float32_unless_the_cost_is_float64(dtype):
    cost, a, b = ragged(13)
    plan = sinkhorn(cost.to(dtype), a, b)
    assert plan.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    assert_plan(plan, a, b)


def test_autocast_changes_nothing():
    cost, a, b = ragged(14)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        plan = sinkhorn(cost, a, b)
    assert torch.equal(plan, sinkhorn(cost, a, b))


def test_inputs_are_left_as_they_were():
    cost, a, b = ragged(15)
    before = [t.clone() for t in (cost, a, b)]
    sinkhorn(cost, a, b)
    for old, new in zip(before, (cost, a, b), strict=True):
        assert torch.equal(old.nan_to_num(9), new.nan_to_num(9))


@pytest.mark.parametrize("seed", range(12))
def test_random_shapes_lengths_and_epsilons(seed):
    rng = np.random.default_rng(seed)
    cost, a, b = ragged(
        seed, batch=int(rng.integers(1, 20)), longest=int(rng.integers(1, 40)), noise=float(rng.uniform(0, 3))
    )
    epsilon = float(10 ** rng.uniform(np.log10(0.005), 0))
    plan = sinkhorn(cost, a, b, epsilon=epsilon, iterations=int(rng.integers(1, 200)))
    assert_plan(plan, a, b)
    assert (transport_cost(plan, cost.nan_to_num()) >= least_costs(cost, a, b) - 1e-5).all()


@pytest.mark.parametrize(
    "options, name",
    [
        ({"epsilon": 0}, "epsilon=0"),
        ({"epsilon": -1}, "epsilon=-1"),
        ({"epsilon": float("nan")}, "epsilon=nan"),
        ({"iterations": 0}, "iterations=0"),
        ({"tolerance": -1}, "tolerance=-1"),
    ],
)
def test_options_out_of_range_are_named(options, name):
    with pytest.raises(OpticalError, match=name):
        sinkhorn(torch.zeros(1, 2, 2), marginals([2]), marginals([2]), **options)
