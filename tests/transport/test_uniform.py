import torch
from ragged_problems import assert_plan, marginals, ragged

from pyterrier_optical.transport import sinkhorn, transport_cost, transport_plan, uniform


def test_every_entry_is_the_product_of_the_masses():
    cost, a, b = ragged(50)
    plan = uniform(cost, a, b)
    assert_plan(plan, a, b)
    for problem in range(len(cost)):
        for i in range(cost.shape[1]):
            for j in range(cost.shape[2]):
                assert abs(plan[problem, i, j] - a[problem, i] * b[problem, j]) < 1e-7


def test_masses_need_not_be_one():
    cost, a, b = torch.rand(1, 2, 3), torch.tensor([[3.0, 1.0]]), torch.tensor([[1.0, 2.0, 1.0]])
    assert_plan(uniform(cost, a, b), a, b)


def test_a_side_without_tokens_gets_nothing():
    assert (uniform(torch.rand(1, 2, 2), marginals([2]), torch.zeros(1, 2)) == 0).all()


def test_it_is_the_entropic_plan_of_a_large_epsilon():
    cost, a, b = ragged(51)
    torch.testing.assert_close(uniform(cost, a, b), sinkhorn(cost, a, b, epsilon=1000.0), atol=1e-3, rtol=0)


def test_it_costs_more_than_an_optimal_plan():
    cost, a, b = ragged(52)
    plain, best = (transport_cost(transport_plan(cost, a, b, name), cost.nan_to_num()) for name in ("uniform", "exact"))
    assert (plain >= best - 1e-6).all()
    assert plain.mean() > best.mean() + 0.1
