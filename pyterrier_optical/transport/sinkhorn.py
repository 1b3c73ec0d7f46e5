"""Entropic optimal transport: Sinkhorn's iteration, batched, masked and safe in float32."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import prepare, round_to_marginals

CHECK_EVERY = 10
COARSER = (8, 4, 2)
COARSER_STEPS = 5
RELAXATION = 1.7
DIVERGING = 2.0
LARGEST_SCALING = 1e12
LEAST_EXPONENT = -87.0  # below it an entry of the kernel is dropped, before it becomes a denormal number and slow

Duals = tuple[Tensor, Tensor]


@torch.no_grad()
def sinkhorn(
    cost: Tensor, a: Tensor, b: Tensor, *, epsilon: float = 0.01, iterations: int = 50, tolerance: float = 1e-3
) -> Tensor:
    r"""The plan that minimises :math:`\langle T, C\rangle + \epsilon \sum_{ij} T_{ij} (\log T_{ij} - 1)`.

    Iterates :math:`\phi = \log a - \mathrm{LSE}_j(\psi - C / \epsilon)`,
    :math:`\psi = \log b - \mathrm{LSE}_i(\phi - C / \epsilon)` (Cuturi 2013, in the log domain), with three measures:

    - Speed: after a step in the log domain the duals are absorbed into the kernel
      :math:`K = \exp(\phi + \psi - C / \epsilon)` (Schmitzer 2019), and blocks of iterations are plain products
      :math:`u = a / K v`, :math:`v = b / K^\top u`. This is safe: K is at most the largest column mass, and while u and
      v stay below 1e12 an entry of K that is dropped (below exp(-87)) carries less than 2e-14 of mass. A problem whose
      block leaves this range, or is not finite, does that block in the log domain instead.
    - Fewer iterations: the first ones run at 8, 4 and 2 epsilon, and the scalings of the last stage are over-relaxed
      (Thibault et al. 2021), in each problem until a block of them doubles its error.
    - Honest mass: the result is rounded to the marginals (Altschuler et al. 2017), so they are met to float rounding
      even where iterations ran out.

    Args:
        cost: costs, shape (B, n, m); half precision is raised to float32, float64 stays.
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).
        epsilon: strength of the entropy, in units of cost, above 0.
        iterations: the most iterations, those of the first stages included; they stop earlier when every problem meets
            ``tolerance``.
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
    if not tolerance >= 0:
        raise OpticalError(f"tolerance={tolerance} is no share of mass: pass a number of at least 0, such as 0.001.")
    cost, a, b = prepare(cost, a, b)
    score = cost / -epsilon
    psi = torch.where(b > 0, 0, -torch.inf).to(score)
    steps = min(COARSER_STEPS, iterations // (2 * len(COARSER)))
    for factor in COARSER if steps else ():
        coarse = score / factor
        duals = _log_steps(coarse, a, b, psi, 1)
        _, psi = _advance(coarse, a, b, duals, _kernel(coarse, duals), steps - 1)
        # Duals in units of cost carry over; psi is in units of epsilon, which is halved for the next stage.
        psi = 2 * psi
    duals = _log_steps(score, a, b, psi, 1)
    left = iterations - steps * len(COARSER) - 1
    momentum, last_error = torch.full_like(a[:, :1], RELAXATION - 1), torch.inf
    while True:
        kernel = _kernel(score, duals)
        error = _relative_error(kernel, a)
        if left <= 0 or bool((error <= tolerance).all()):
            return round_to_marginals(kernel, a, b)
        momentum = momentum.where(error < DIVERGING * last_error, 0)
        duals = _advance(score, a, b, duals, kernel, min(CHECK_EVERY, left), momentum)
        left -= CHECK_EVERY
        last_error = error


def _kernel(score: Tensor, duals: Duals) -> Tensor:
    exponent = score + duals[0][:, :, None] + duals[1][:, None, :]
    return torch.threshold(exponent, LEAST_EXPONENT, -torch.inf).exp_()


def _relative_error(kernel: Tensor, a: Tensor) -> Tensor:
    """Shape (B, 1); only rows are looked at, for every block ends with the columns met."""
    mass = a.sum(1, keepdim=True).clamp_min(torch.finfo(a.dtype).tiny)
    return (kernel.sum(2) - a).abs().sum(1, keepdim=True) / mass


def _log_steps(score: Tensor, a: Tensor, b: Tensor, psi: Tensor, steps: int) -> Duals:
    for _ in range(steps):
        phi = torch.where(a > 0, a.log() - (score + psi[:, None, :]).logsumexp(2), -torch.inf)
        psi = torch.where(b > 0, b.log() - (score + phi[:, :, None]).logsumexp(1), -torch.inf)
    return phi, psi


def _advance(
    score: Tensor, a: Tensor, b: Tensor, duals: Duals, kernel: Tensor, steps: int, momentum: Tensor | None = None
) -> Duals:
    """Iterates on the kernel that belongs to the duals; problems for which that proves unsafe, in the log domain."""
    padding_a, padding_b = (a == 0).to(a), (b == 0).to(b)
    # A mass of 1 over a product of 1 leaves the scaling of padding at 1.
    a_or_1, b_or_1 = a + padding_a, b + padding_b
    u, v = torch.ones_like(a), torch.ones_like(b)
    for step in range(steps):
        relaxed = momentum is not None and step < steps - 1
        new_u = a_or_1 / ((kernel * v[:, None, :]).sum(2) + padding_a)
        u = new_u * (new_u / u) ** momentum if relaxed else new_u
        new_v = b_or_1 / ((kernel * u[:, :, None]).sum(1) + padding_b)
        v = new_v * (new_v / v) ** momentum if relaxed else new_v
    phi, psi = duals[0] + u.log(), duals[1] + v.log()
    scalings = torch.cat([u, v], 1)
    unsafe = ~((scalings <= LARGEST_SCALING) & (scalings >= 1 / LARGEST_SCALING)).all(1)
    if bool(unsafe.any()):
        phi[unsafe], psi[unsafe] = _log_steps(score[unsafe], a[unsafe], b[unsafe], duals[1][unsafe], steps)
    return phi, psi
