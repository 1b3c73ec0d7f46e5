import pytest
import torch
from ragged_problems import marginals, ragged

from pyterrier_optical import transport
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import PLANS, transport_cost, transport_plan


@pytest.mark.parametrize("name", PLANS)
def test_the_name_picks_the_solver(name):
    cost, a, b = ragged(30)
    assert torch.equal(transport_plan(cost, a, b, name), getattr(transport, name)(cost, a, b))


def test_options_go_to_the_solver():
    cost, a, b = ragged(31)
    sharp, blunt = (transport_plan(cost, a, b, epsilon=epsilon) for epsilon in (0.01, 1.0))
    assert transport_cost(sharp, cost.nan_to_num()).mean() < transport_cost(blunt, cost.nan_to_num()).mean() - 0.1


def test_an_unknown_plan_is_named_with_the_known_ones():
    with pytest.raises(OpticalError, match="'sinkhron' is unknown: choose one of 'sinkhorn', 'exact', 'proximal'"):
        transport_plan(torch.zeros(1, 2, 2), marginals([2]), marginals([2]), plan="sinkhron")


@pytest.mark.parametrize(
    "plan, options, message",
    [
        ("sinkhorn", {"beta": 1}, "no option 'beta': it takes 'epsilon', 'iterations', 'tolerance'"),
        ("proximal", {"epsilon": 1}, "no option 'epsilon': it takes 'beta', 'iterations'"),
        ("exact", {"epsilon": 1}, "no option 'epsilon': it takes none"),
    ],
)
def test_an_unknown_option_is_named_with_the_known_ones(plan, options, message):
    with pytest.raises(OpticalError, match=message):
        transport_plan(torch.zeros(1, 2, 2), marginals([2]), marginals([2]), plan=plan, **options)
