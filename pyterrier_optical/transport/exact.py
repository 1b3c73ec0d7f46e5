"""Exact optimal transport: POT's network simplex, one problem at a time."""

import torch
from torch import Tensor

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.transport.problem import prepare


@torch.no_grad()
def exact(cost: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """The plan of least cost, by ``ot.emd`` in float64 on the real tokens of each problem, on the CPU.

    Args:
        cost: costs, shape (B, n, m), on any device.
        a: masses of the rows, shape (B, n), 0 for padding.
        b: masses of the columns, shape (B, m).

    Returns:
        Plans without gradient, shape (B, n, m), on the cost's device, float32 (float64 for a float64 cost); a problem
        without mass on one side gets zeros.

    Raises:
        OpticalError: POT is not installed, it found no plan, or the inputs do not fit (see ``prepare``).

    Example:
        >>> import torch
        >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
        >>> half = torch.tensor([[0.5, 0.5]])
        >>> exact(cost, half, half)
        tensor([[[0.5000, 0.0000],
                 [0.0000, 0.5000]]])
    """
    try:
        from ot import emd
    except ImportError as error:
        raise OpticalError("The exact plan needs POT: run 'pip install POT', or choose plan='sinkhorn'.") from error
    prepared, a, b = prepare(cost, a, b)
    costs, rows, columns = (t.double().cpu().numpy() for t in (prepared, a, b))
    plans = torch.zeros(prepared.shape, dtype=torch.float64)
    for plan, c, row, column in zip(plans.numpy(), costs, rows, columns, strict=True):
        i, j = row.nonzero()[0], column.nonzero()[0]
        if not len(i) or not len(j):
            continue
        row, column = row[i], column[j]
        # Float32 marginals do not sum to equal float64 masses, and the simplex wants them equal.
        column = column * (row.sum() / column.sum())
        found, log = emd(row, column, c[i[:, None], j], log=True, center_dual=False, check_marginals=False)
        if log["warning"] is not None:
            raise OpticalError(f"POT found no exact plan ({log['warning']}): choose plan='sinkhorn' for these costs.")
        plan[i[:, None], j] = found
    return plans.to(prepared)
