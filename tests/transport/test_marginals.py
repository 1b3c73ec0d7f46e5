import pytest
import torch

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import uniform_marginals


def test_real_tokens_share_one_unit_of_mass():
    mask = torch.tensor([[1, 1, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
    expected = torch.tensor([[1 / 3, 1 / 3, 1 / 3, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
    torch.testing.assert_close(uniform_marginals(mask), expected)
    torch.testing.assert_close(uniform_marginals(mask.bool()), expected)


def test_dtype_can_be_chosen():
    assert uniform_marginals(torch.ones(1, 3), torch.float64).dtype == torch.float64


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(OpticalError, match=r"pass \(B, n\)"):
        uniform_marginals(torch.ones(3))
