"""Entropic optimal transport: Sinkhorn's iteration, batched, masked and safe in float32."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import prepare, round_to_marginals

CHECK_EVERY = 10
LARGEST_SCALING = 1e8
LEAST_EXPONENT = -80.0  # below it an entry of the kernel is dropped, before it becomes a denormal number and slow


@torch.no_grad()
def sinkhorn(
    cost: Tensor, a: Tensor, b: Tensor, *, epsilon: float = 0.01, iterations: int = 50, tolerance: float = 1e-3
) -> Tensor:
    r"""The plan that minimises :math:`\langle T, C\rangle + \epsilon \sum_{ij} T_{ij} (\log T_{ij} - 1)`.

    Iterates :math:`\phi = \log a - \mathrm{LSE}_j(\psi - C / \epsilon)`,
    :math:`\psi = \log b - \mathrm{LSE}_i(\phi - C / \epsilon)` (Cuturi 2013, in the log domain). After a first step in
    the log domain the duals are absorbed into the kernel :math:`K = \exp(\phi + \psi - C / \epsilon)` (Schmitzer 2019)
    and blocks of iterations are plain products :math:`u = a / K v`, :math:`v = b / K^\top u`. That is safe because K is
    at most 1, and while u and v stay below 1e8 the entries of K that are dropped (below exp(-80)) carry less than
    1e-18 of mass; a block that leaves this range, or is not finite, is thrown away and done in the log domain.

    The result is rounded to the marginals, so they are met to float rounding even where iterations ran out.

    Args:
        cost: costs, shape (B, n, m); half precision is raised to float32, float64 stays.
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).
        epsilon: strength of the entropy, in units of cost, above 0.
        iterations: the most iterations; they stop earlier when every problem meets ``tolerance``.
        tolerance: total mass by which the row marginals of a problem may be off before rounding, as a share of
            its mass.

    Returns:
        Plans without gradient, shape (B, n, m); a problem without mass on one side gets zeros.

    Raises:
        OpticalError: an option is out of range, or the inputs do not fit (see ``prepare``).

    Example:
        >>> import torch
        >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> sinkhorn(cost, half, half)
        tensor([[[0.5000, 0.0000],
                 [0.0000, 0.5000]]])
    """
    if not epsilon > 0:
        raise OpticalError(f"epsilon={epsilon} is no strength of entropy: pass a number above 0, such as 0.01.")
    if iterations < 1:
        raise OpticalError(f"iterations={iterations} leaves no plan: pass at least 1.")
    cost, a, b = prepare(cost, a, b)
    allowed = tolerance * a.sum(1)
    score = -cost / epsilon
    psi = torch.where(b > 0, 0, -torch.inf).to(score)
    phi, psi = _log_steps(score, a, b, psi, 1)
    done = 1
    while True:
        kernel = torch.threshold(score + phi[:, :, None] + psi[:, None, :], LEAST_EXPONENT, -torch.inf).exp_()
        if done >= iterations or bool(((kernel.sum(2) - a).abs().sum(1) <= allowed).all()):
            return round_to_marginals(kernel, a, b)
        block = min(CHECK_EVERY, iterations - done)
        u, v = _kernel_steps(kernel, a, b, block)
        if _in_range(u, a) and _in_range(v, b):
            phi, psi = phi + u.log(), psi + v.log()
        else:
            phi, psi = _log_steps(score, a, b, psi, block)
        done += block


def _log_steps(score: Tensor, a: Tensor, b: Tensor, psi: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    for _ in range(steps):
        phi = torch.where(a > 0, a.log() - (score + psi[:, None, :]).logsumexp(2), -torch.inf)
        psi = torch.where(b > 0, b.log() - (score + phi[:, :, None]).logsumexp(1), -torch.inf)
    return phi, psi


def _kernel_steps(kernel: Tensor, a: Tensor, b: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    tiny = torch.finfo(kernel.dtype).tiny
    v = torch.ones_like(b)
    for _ in range(steps):
        u = a / (kernel * v[:, None, :]).sum(2).clamp_min_(tiny)
        v = b / (kernel * u[:, :, None]).sum(1).clamp_min_(tiny)
    return u, v


def _in_range(scaling: Tensor, mass: Tensor) -> bool:
    ok = (scaling <= LARGEST_SCALING) & (scaling >= 1 / LARGEST_SCALING)
    return bool((ok | (mass == 0)).all())
