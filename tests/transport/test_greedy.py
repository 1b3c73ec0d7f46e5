import torch
from ragged_problems import least_costs, marginals, ragged

from pyterrier_optical.transport import exact, greedy, transport_cost


def slow(cost, a, b):
    """Column by column, as the docstring says it."""
    plan = torch.zeros(cost.shape)
    for problem, (c, rows, columns) in enumerate(zip(cost, a, b, strict=True)):
        real = [i for i in range(len(rows)) if rows[i] > 0]
        for j in range(len(columns)):
            if columns[j] > 0 and real:
                plan[problem, min(real, key=lambda i: float(c[i, j])), j] = columns[j]
    return plan


def test_every_column_sends_its_mass_to_its_cheapest_row():
    for seed in range(4):
        cost, a, b = ragged(seed)
        torch.testing.assert_close(greedy(cost, a, b), slow(cost, a, b))


def test_columns_keep_their_mass_and_rows_do_not():
    cost, a, b = torch.tensor([[[0.1, 0.2], [0.3, 0.4]]]), marginals([2]), marginals([2])
    plan = greedy(cost, a, b)
    assert torch.equal(plan.sum(1), b)
    assert plan.sum(2).tolist() == [[1.0, 0.0]]


def test_a_clear_alignment_is_the_exact_plan():
    order = torch.tensor([2, 0, 3, 1])
    cost, mass = 1 - torch.eye(4)[None, :, order], marginals([4])
    assert torch.equal(greedy(cost, mass, mass), exact(cost, mass, mass))


def test_its_cost_is_a_lower_bound():
    cost, a, b = ragged(60)
    bound = transport_cost(greedy(cost, a, b), cost.nan_to_num())
    assert (bound <= least_costs(cost, a, b) + 1e-6).all()


def test_padding_gets_and_gives_nothing():
    cost, a, b = ragged(61)
    plan = greedy(cost, a, b)
    assert plan.isfinite().all()
    assert (plan[a == 0] == 0).all() and (plan.transpose(1, 2)[b == 0] == 0).all()
    assert (greedy(torch.rand(1, 2, 2), torch.zeros(1, 2), marginals([2])) == 0).all()


def test_gradients_do_not_flow():
    assert not greedy(torch.rand(1, 2, 2, requires_grad=True), marginals([2]), marginals([2])).requires_grad
