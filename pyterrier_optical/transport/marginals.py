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


def norm_marginals(vectors: Tensor, mask: Tensor) -> Tensor:
    """Mass in proportion to the squared length of a token's vector, one in all; none for padding.

    A model whose sentence vector is the mean of its token vectors gives content words longer ones than function words
    and special tokens.

    Args:
        vectors: token vectors before normalisation, shape (B, n, d); no gradient flows through their lengths.
        mask: true on real tokens, shape (B, n).

    Returns:
        Masses, shape (B, n), float32; a row sums to 1, or to 0 when the sentence has no real token.

    Raises:
        OpticalError: the shapes do not fit.

    Example:
        >>> import torch
        >>> norm_marginals(torch.tensor([[[3.0], [1.0], [9.0]]]), torch.tensor([[True, True, False]]))
        tensor([[0.9000, 0.1000, 0.0000]])
    """
    if mask.dim() != 2 or vectors.shape[:-1] != mask.shape:
        raise OpticalError(
            f"Vectors of shape {tuple(vectors.shape)} and a mask of shape {tuple(mask.shape)} have no marginals: pass "
            "(B, n, d) and (B, n)."
        )
    squares = vectors.detach().float().square().sum(-1) * mask
    total = squares.sum(1, keepdim=True)
    return torch.where(total > 0, squares / total.clamp_min(torch.finfo(total.dtype).tiny), uniform_marginals(mask))
