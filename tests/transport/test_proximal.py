import pytest
import torch
from ragged_problems import assert_plan, least_costs, marginals, ragged

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import exact, proximal, transport_cost


@pytest.mark.parametrize("beta", [0.05, 0.2, 1.0])
@pytest.mark.parametrize("iterations", [1, 5, 50])
def test_plans_meet_the_marginals_and_cost_no_less_than_the_exact_ones(beta, iterations):
    cost, a, b = ragged(20)
    plan = proximal(cost, a, b, beta=beta, iterations=iterations)
    assert_plan(plan, a, b)
    assert (transport_cost(plan, cost.nan_to_num()) >= least_costs(cost, a, b) - 1e-5).all()


def test_steps_lead_to_the_exact_cost():
    cost, a, b = ragged(21)
    least = least_costs(cost, a, b)
    gaps = [
        (transport_cost(proximal(cost, a, b, iterations=steps), cost.nan_to_num()) - least).mean()
        for steps in (5, 50, 500)
    ]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[1] < 0.01
    assert gaps[2] < 0.001


def test_a_clear_alignment_is_the_exact_plan():
    order = torch.tensor([2, 0, 3, 1])
    cost, mass = 1 - torch.eye(4)[None, :, order], marginals([4])
    torch.testing.assert_close(proximal(cost, mass, mass), exact(cost, mass, mass))


def test_identical_rows_share_their_mass_evenly():
    cost, a, b = torch.tensor([0.1, 0.9, 0.4]).repeat(1, 4, 1), marginals([4]), marginals([3])
    torch.testing.assert_close(proximal(cost, a, b), torch.full((1, 4, 3), 1 / 12))


def test_the_plan_follows_a_permutation():
    cost, a, b = ragged(22)
    torch.manual_seed(0)
    p, q, r = torch.randperm(cost.shape[0]), torch.randperm(cost.shape[1]), torch.randperm(cost.shape[2])
    permuted = proximal(cost[p][:, q][:, :, r], a[p][:, q], b[p][:, r])
    torch.testing.assert_close(permuted, proximal(cost, a, b)[p][:, q][:, :, r], atol=1e-4, rtol=0)


@pytest.mark.parametrize("seed", range(6))
def test_the_smallest_beta_allowed_is_safe(seed):
    cost, a, b = ragged(seed, longest=60, noise=seed / 2)
    assert_plan(proximal(cost, a, b, beta=0.05, iterations=200), a, b)


@pytest.mark.parametrize(
    "options, message",
    [({"beta": 0}, "beta=0 "), ({"beta": -1}, "beta=-1 "), ({"beta": 0.01}, "too small"), ({"iterations": 0}, "=0 ")],
)
def test_options_out_of_range_are_named(options, message):
    with pytest.raises(OpticalError, match=message):
        proximal(1 - torch.eye(2)[None], marginals([2]), marginals([2]), **options)
