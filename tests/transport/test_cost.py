import pytest
import torch
from ragged_problems import marginals

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import cosine_cost, sinkhorn, transport_cost


def test_cosine_cost_is_one_minus_the_cosine_of_every_pair():
    x, y = torch.randn(3, 4, 8), torch.randn(3, 5, 8)
    expected = 1 - torch.nn.functional.cosine_similarity(x[:, :, None], y[:, None], dim=-1)
    torch.testing.assert_close(cosine_cost(x, y), expected)


def test_cosine_cost_does_not_depend_on_length_and_gives_one_for_zero_vectors():
    x, y = torch.randn(1, 2, 8), torch.randn(1, 3, 8)
    torch.testing.assert_close(cosine_cost(7 * x, y / 9), cosine_cost(x, y))
    assert (cosine_cost(torch.zeros(1, 2, 8), y) == 1).all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_raised_before_the_product(dtype):
    x, y = torch.randn(2, 4, 64).to(dtype), torch.randn(2, 3, 64).to(dtype)
    cost = cosine_cost(x, y)
    assert cost.dtype == torch.float32
    torch.testing.assert_close(cost, cosine_cost(x.double(), y.double()).float(), atol=1e-6, rtol=0)


def test_autocast_leaves_the_cost_in_float32():
    x, y = torch.randn(2, 4, 64), torch.randn(2, 3, 64)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        cost = cosine_cost(x, y)
    assert cost.dtype == torch.float32
    torch.testing.assert_close(cost, cosine_cost(x, y))


def test_gradient_at_padding_is_finite_and_zero():
    x = torch.randn(1, 3, 4)
    x[0, 2] = 0
    x.requires_grad_()
    a, b = marginals([2], 3), marginals([3])
    cost = cosine_cost(x, torch.randn(1, 3, 4))
    transport_cost(sinkhorn(cost, a, b), cost).sum().backward()
    assert x.grad.isfinite().all()
    assert (x.grad[0, 2] == 0).all()
    assert (x.grad[0, :2] != 0).any()


def test_transport_cost_is_the_frobenius_product():
    plan, cost = torch.rand(3, 4, 5), torch.rand(3, 4, 5)
    torch.testing.assert_close(transport_cost(plan, cost), torch.einsum("bij,bij->b", plan, cost))
    assert transport_cost(plan.half(), cost.bfloat16()).dtype == torch.float32


def test_gradient_of_the_loss_is_the_numerical_one_with_the_plan_held():
    torch.manual_seed(0)
    x = torch.randn(2, 4, 6, dtype=torch.float64, requires_grad=True)
    y = torch.randn(2, 5, 6, dtype=torch.float64)
    a, b = marginals([4, 3], 4), marginals([2, 5])
    plan = sinkhorn(cosine_cost(x, y), a, b, epsilon=0.05)

    assert torch.autograd.gradcheck(lambda x: transport_cost(plan, cosine_cost(x, y)), x)

    # Solving inside the graph gives the same gradient: nothing flows through the plan.
    loss = transport_cost(sinkhorn(cosine_cost(x, y), a, b, epsilon=0.05), cosine_cost(x, y)).sum()
    (inside,) = torch.autograd.grad(loss, x)
    (held,) = torch.autograd.grad(transport_cost(plan, cosine_cost(x, y)).sum(), x)
    torch.testing.assert_close(inside, held)


def test_a_plan_that_requires_a_gradient_gets_none():
    plan = torch.rand(1, 2, 2, requires_grad=True)
    cost = torch.rand(1, 2, 2, requires_grad=True)
    transport_cost(plan, cost).sum().backward()
    assert plan.grad is None
    torch.testing.assert_close(cost.grad, plan.detach())


@pytest.mark.parametrize(
    "shapes", [((2, 3, 4), (2, 3, 5)), ((2, 3, 4), (1, 3, 4)), ((3, 4), (3, 4))], ids=["width", "batch", "dims"]
)
def test_vectors_that_do_not_fit_are_named(shapes):
    with pytest.raises(OpticalError, match="do not fit"):
        cosine_cost(*(torch.zeros(shape) for shape in shapes))


def test_a_plan_of_another_shape_is_refused():
    with pytest.raises(OpticalError, match=r"\(1, 2, 3\)"):
        transport_cost(torch.zeros(1, 2, 3), torch.zeros(1, 3, 2))
