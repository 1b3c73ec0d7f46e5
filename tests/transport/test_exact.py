import sys

import pytest
import torch
from ragged_problems import assert_plan, least_costs, marginals, ragged

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import exact, transport_cost


@pytest.mark.parametrize("seed", range(4))
def test_cost_is_pots_on_ragged_batches(seed):
    cost, a, b = ragged(seed)
    plan = exact(cost, a, b)
    assert_plan(plan, a, b)
    torch.testing.assert_close(
        transport_cost(plan, cost.nan_to_num()).double(), least_costs(cost, a, b), atol=1e-6, rtol=0
    )


def test_a_permutation_is_found():
    order = torch.tensor([2, 0, 3, 1])
    plan = exact(1 - torch.eye(4)[None, :, order], marginals([4]), marginals([4]))
    assert torch.equal(plan[0], torch.eye(4)[:, order] / 4)


def test_padding_may_stand_anywhere():
    cost = torch.rand(1, 4, 4)
    a, b = torch.tensor([[0.5, 0, 0.5, 0]]), torch.tensor([[0, 0.5, 0, 0.5]])
    plan = exact(cost, a, b)
    dense = exact(cost[:, [0, 2]][:, :, [1, 3]], marginals([2]), marginals([2]))
    torch.testing.assert_close(plan[:, [0, 2]][:, :, [1, 3]], dense)
    assert_plan(plan, a, b)


def test_identical_rows_and_equal_costs_give_a_plan():
    a, b = marginals([3]), marginals([2])
    assert_plan(exact(torch.zeros(1, 3, 2), a, b), a, b)


def test_float64_stays():
    cost, a, b = ragged(5)
    assert exact(cost.double(), a, b).dtype == torch.float64
    assert exact(cost.half(), a, b).dtype == torch.float32


def test_gradients_do_not_flow():
    cost = torch.rand(1, 2, 2, requires_grad=True)
    assert not exact(cost, marginals([2]), marginals([2])).requires_grad


def test_without_pot_the_way_out_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(OpticalError, match="pip install POT"):
        exact(torch.zeros(1, 2, 2), marginals([2]), marginals([2]))


def test_a_failure_of_pot_is_told(monkeypatch):
    import ot

    monkeypatch.setattr(ot, "emd", lambda *args, **kwargs: (None, {"warning": "numItermax reached"}))
    with pytest.raises(OpticalError, match="numItermax reached"):
        exact(torch.zeros(1, 2, 2), marginals([2]), marginals([2]))
