import pytest
import torch
from ragged_problems import assert_plan, marginals, ragged

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import exact, proximal, sinkhorn
from pyterrier_optical.transport.problem import prepare, round_to_marginals

SOLVERS = [sinkhorn, proximal, exact]


def test_costs_of_padding_are_cleared_and_masses_made_equal():
    cost = torch.full((2, 2, 3), torch.nan)
    cost[0, :1, :2] = 0.5
    a, b = marginals([1, 0], 2), marginals([2, 3], 3)
    prepared, new_a, new_b = prepare(cost, a, b * 1.00001)
    assert prepared.tolist() == [[[0.5, 0.5, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 0]]]
    torch.testing.assert_close(new_b.sum(1), new_a.sum(1))
    assert new_b[1].tolist() == [0, 0, 0]


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_problem_without_mass_on_one_side_gets_zeros_and_harms_no_other(solver):
    cost, a, b = ragged(1, batch=5, shortest=3)
    alone = solver(cost[3:], a[3:], b[3:])
    a, b = a.clone(), b.clone()
    a[0], b[1], a[2], b[2] = 0, 0, 0, 0
    plan = solver(cost, a, b)
    assert (plan[:3] == 0).all()
    torch.testing.assert_close(plan[3:], alone, atol=1e-3, rtol=0)
    assert_plan(plan[3:], a[3:], b[3:])


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("shape", [(0, 3, 4), (2, 0, 3), (2, 3, 0)])
def test_empty_batches_and_empty_sides_give_empty_plans(solver, shape):
    batch, n, m = shape
    assert solver(torch.zeros(shape), torch.zeros(batch, n), torch.zeros(batch, m)).shape == shape


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "change, message",
    [
        (lambda c, a, b: (c, b, a), "do not fit"),
        (lambda c, a, b: (c[0], a, b), "do not fit"),
        (lambda c, a, b: (c, -a, -b), "negative"),
        (lambda c, a, b: (c, a * torch.nan, b), "non-finite"),
        (lambda c, a, b: (c, a, 2 * b), "different masses"),
        (lambda c, a, b: (c * torch.nan, a, b), "NaN"),
        (lambda c, a, b: (c + torch.inf, a, b), "infinite"),
    ],
)
def test_inputs_that_cannot_be_meant_are_named_in_one_sentence(solver, change, message):
    with pytest.raises(OpticalError, match=message) as caught:
        solver(*change(torch.zeros(1, 2, 3), marginals([2]), marginals([3])))
    assert str(caught.value).count(". ") == 0


def test_rounding_meets_the_marginals_and_moves_at_most_twice_the_error():
    torch.manual_seed(0)
    a, b = marginals([3, 5, 1], 5), marginals([4, 2, 4], 4)
    plan = torch.rand(3, 5, 4) * (a > 0)[:, :, None] * (b > 0)[:, None, :]
    plan /= plan.sum((1, 2), keepdim=True)
    rounded = round_to_marginals(plan, a, b)
    assert_plan(rounded, a, b)
    error = (plan.sum(2) - a).abs().sum(1) + (plan.sum(1) - b).abs().sum(1)
    assert ((rounded - plan).abs().sum((1, 2)) <= 2 * error + 1e-6).all()


def test_rounding_leaves_a_feasible_plan_alone():
    a, b = marginals([3]), marginals([4])
    plan = a[:, :, None] * b[:, None, :]
    torch.testing.assert_close(round_to_marginals(plan, a, b), plan)
