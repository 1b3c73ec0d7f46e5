import pytest
import torch

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport import norm_marginals, uniform_marginals


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


def test_mass_goes_by_the_squared_length():
    vectors = torch.tensor([[[3.0, 0.0], [0.0, 1.0], [9.0, 9.0]], [[0.0, 0.0], [0.0, 0.0], [5.0, 5.0]]])
    mask = torch.tensor([[True, True, False], [True, True, False]])
    # Vectors of no length share alike.
    assert torch.allclose(norm_marginals(vectors, mask), torch.tensor([[0.9, 0.1, 0.0], [0.5, 0.5, 0.0]]))


def test_nothing_real_has_no_mass_by_norm():
    assert norm_marginals(torch.ones(1, 2, 3), torch.zeros(1, 2)).tolist() == [[0.0, 0.0]]


def test_no_gradient_flows_through_lengths():
    assert not norm_marginals(torch.ones(1, 2, 3, requires_grad=True), torch.ones(1, 2)).requires_grad


def test_vectors_and_mask_must_fit():
    with pytest.raises(OpticalError, match=r"shape \(1, 2, 3\) and a mask of shape \(1, 3\)"):
        norm_marginals(torch.ones(1, 2, 3), torch.ones(1, 3))
