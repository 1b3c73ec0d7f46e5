import pytest
import torch
from ragged_problems import ragged

from pyterrier_optical.transport import PLANS, cosine_cost, transport_plan

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")


@needs_gpu
@pytest.mark.parametrize("plan", PLANS)
def test_plans_stay_on_the_device_of_the_cost_and_equal_those_of_the_cpu(plan):
    cost, a, b = ragged(40)
    on_gpu = transport_plan(cost.cuda(), a, b, plan)
    assert on_gpu.device.type == "cuda"
    torch.testing.assert_close(on_gpu.cpu(), transport_plan(cost, a, b, plan), atol=1e-3, rtol=0)


@needs_gpu
def test_autocast_on_the_gpu_leaves_the_cost_in_float32():
    x, y = torch.randn(2, 4, 64), torch.randn(2, 3, 64)
    with torch.autocast("cuda", dtype=torch.bfloat16):
        cost = cosine_cost(x.cuda(), y.cuda())
    torch.testing.assert_close(cost.cpu(), cosine_cost(x, y), atol=1e-5, rtol=0)
