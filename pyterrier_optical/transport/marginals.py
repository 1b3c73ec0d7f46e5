"""How much mass each token carries."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError


def uniform_marginals(mask: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Equal mass for every real token of a sentence, one in all; none for padding.

    Args:
        mask: true on real tokens, shape (B, n), bool (or 0/1 integers, as an attention mask).
        dtype: floating dtype of the result.

    Returns:
        Masses, shape (B, n); a row sums to 1, or to 0 when the sentence has no real token.

    Raises:
        OpticalError: the mask is not two-dimensional.

    Example:
        >>> import torch
        >>> uniform_marginals(torch.tensor([[True, True, False], [False, False, False]]))
        tensor([[0.5000, 0.5000, 0.0000],
                [0.0000, 0.0000, 0.0000]])
    """
    if mask.dim() != 2:
        raise OpticalError(f"A token mask of shape {tuple(mask.shape)} has no marginals: pass (B, n).")
    real = mask.bool().to(dtype)
    return real / real.sum(1, keepdim=True).clamp_min(1)
