"""Unbalanced entropic transport: a token that has no counterpart may keep its mass."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import prepare

COARSER = (8, 4, 2)
COARSER_STEPS = 5


@torch.no_grad()
def unbalanced(
    cost: Tensor, a: Tensor, b: Tensor, *, epsilon: float = 0.01, rho: float = 0.5, iterations: int = 50
) -> Tensor:
    r"""The plan that minimises :math:`\langle T, C\rangle + \epsilon\,\mathrm{KL}(T | ab^\top / s)
    + \rho\,\mathrm{KL}(T\mathbf{1} | a) + \rho\,\mathrm{KL}(T^\top\mathbf{1} | b)`, with s the mass of either side.

    Meeting the marginals is paid for instead of forced (Chizat et al. 2018; algorithm 1 with the Kullback-Leibler
    divergence): a token whose cheapest counterpart costs much sends little. In a translation these are words that it
    leaves out or puts in. With :math:`\tau = \rho / (\rho + \epsilon)` it iterates
    :math:`\phi_i = -\tau\,\mathrm{LSE}_j(\log b_j / s + \psi_j - C_{ij} / \epsilon)` and the same for
    :math:`\psi` in the log domain, the first iterations at 8, 4 and 2 epsilon.

    Args:
        cost: costs, shape (B, n, m); half precision is raised to float32, float64 stays.
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).
        epsilon: strength of the entropy, in units of cost, above 0.
        rho: price of leaving a marginal, in units of cost, above 0; the larger, the nearer to balanced transport.
        iterations: iterations, those of the first stages included.

    Returns:
        Plans without gradient, shape (B, n, m), with marginals as they come, not rounded to a and b; a problem without
        mass on one side gets zeros.

    Raises:
        OpticalError: an option is out of range, or the inputs do not fit (see ``prepare``).

    Example:
        >>> import torch
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> far = torch.tensor([[[0.0, 1.0], [1.0, 0.9]]])  # the second tokens are no translations
        >>> unbalanced(far, half, half).sum((1, 2)) < 0.8
        tensor([True])
    """
    for name, value in (("epsilon", epsilon), ("rho", rho)):
        if not value > 0:
            raise OpticalError(f"{name}={value} cannot be used: pass a number above 0.")
    if iterations < 1:
        raise OpticalError(f"iterations={iterations} leaves no plan: pass at least 1.")
    cost, a, b = prepare(cost, a, b)
    mass = a.sum(1, keepdim=True)
    log_a, log_b = (torch.where(side > 0, (side / mass).log(), -torch.inf) for side in (a, b))
    phi, psi = torch.zeros_like(a), torch.zeros_like(b)
    steps = min(COARSER_STEPS, iterations // (2 * len(COARSER)))
    stages = [(factor * epsilon, steps) for factor in COARSER] + [(epsilon, iterations - steps * len(COARSER))]
    for strength, count in stages:
        score, tau = cost / -strength, rho / (rho + strength)
        phi, psi = phi / strength, psi / strength
        for _ in range(count):
            phi = -tau * (score + (log_b + psi)[:, None, :]).logsumexp(2)
            psi = -tau * (score + (log_a + phi)[:, :, None]).logsumexp(1)
        # Between stages the duals are in units of cost.
        phi, psi = phi * strength, psi * strength
    exponent = score + (log_a + phi / epsilon)[:, :, None] + (log_b + psi / epsilon)[:, None, :]
    return torch.where(mass[..., None] > 0, exponent.exp() * mass[..., None], 0)
