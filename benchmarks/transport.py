"""Transport plans beside POT's, one batch of 64 noisy translations at a time, on one CPU thread.

    OMP_NUM_THREADS=1 python benchmarks/transport.py [--seed 0]

Prints markdown tables for sentences of up to 10, 20, 40 and 80 tokens. Time is CPU time of this process, the least of
five runs (fewer for the slow), as a ratio to POT's ``ot.emd`` called for each problem in the same run. "Cost above the
least" is the mean of <T, C> - <T*, C> with T* from ``ot.emd``; "mass elsewhere" is the share of a plan's mass that lies
elsewhere than in the converged plan of the same epsilon (in the exact plan, for plans without epsilon).
"""

import argparse
import time

import numpy as np
import ot
import torch

from pyterrier_optical.transport import cosine_cost, exact, proximal, sinkhorn, transport_cost, uniform_marginals

BATCH, DIMENSIONS, REPEATS, ENOUGH_SECONDS = 64, 128, 5, 1.0


def problems(longest, seed):
    """Every column is a noisy copy of some row of its problem; lengths run from half of the longest to the longest."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(longest // 2, longest + 1, (2, BATCH, 1), generator=generator)
    a, b = (uniform_marginals(torch.arange(longest)[None] < n) for n in lengths)
    # Tokens of one sentence resemble each other, as contextual vectors do.
    x = torch.randn(BATCH, longest, DIMENSIONS, generator=generator)
    x += 0.7 * torch.randn(BATCH, 1, DIMENSIONS, generator=generator)
    source = (torch.rand(BATCH, longest, generator=generator) * lengths[0]).long()
    y = torch.gather(x, 1, source[:, :, None].expand(-1, -1, DIMENSIONS))
    return cosine_cost(x, y + torch.randn(y.shape, generator=generator)), a, b


def one_by_one(solve):
    """POT's solvers take one problem: this calls them for each, in float64 and without padding."""

    def solve_batch(cost, a, b):
        plans = torch.zeros(cost.shape)
        for plan, c, row, column in zip(plans, cost.double().numpy(), a.double(), b.double(), strict=True):
            n, m = int((row > 0).sum()), int((column > 0).sum())
            plan[:n, :m] = torch.from_numpy(solve(np.full(n, 1 / n), np.full(m, 1 / m), c[:n, :m].copy()))
        return plans

    return solve_batch


def pot_sinkhorn(epsilon, method):
    options = {"method": method, "numItermax": 50, "stopThr": 1e-3, "warn": False}
    return one_by_one(lambda row, column, c: ot.sinkhorn(row, column, c, epsilon, **options))


def systems():
    """Name -> (function, epsilon or None)."""
    entries = {
        "POT `ot.emd`": (one_by_one(ot.emd), None),
        "`exact`": (exact, None),
        "`proximal`": (proximal, None),
        "`proximal`, 200 iterations": (lambda *p: proximal(*p, iterations=200), None),
    }
    for epsilon in (0.05, 0.01, 0.005):
        entries[f"`sinkhorn`, epsilon {epsilon}"] = (lambda *p, e=epsilon: sinkhorn(*p, epsilon=e), epsilon)
    entries["POT `ot.sinkhorn`, epsilon 0.05"] = (pot_sinkhorn(0.05, "sinkhorn"), 0.05)
    entries["POT `ot.sinkhorn`, log domain, epsilon 0.01"] = (pot_sinkhorn(0.01, "sinkhorn_log"), 0.01)
    return entries


def cpu_seconds(solve, problem):
    times = []
    while len(times) < REPEATS and sum(times) < ENOUGH_SECONDS:
        began = time.process_time()
        solve(*problem)
        times.append(time.process_time() - began)
    return min(times)


def measure(longest, seed):
    """Name -> (time, excess cost, mass elsewhere) on sentences of one length."""
    cost, a, b = problem = problems(longest, seed)
    targets = {None: exact(*problem)}
    least = transport_cost(targets[None], cost)
    found = {}
    for name, (solve, epsilon) in systems().items():
        if epsilon not in targets:
            targets[epsilon] = sinkhorn(cost.double(), a, b, epsilon=epsilon, iterations=2000, tolerance=1e-3).float()
        plan = solve(*problem)
        elsewhere = (plan - targets[epsilon]).abs().sum((1, 2)).mean() / 2
        excess = (transport_cost(plan, cost) - least).mean()
        found[name] = cpu_seconds(solve, problem), float(excess), float(elsewhere)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 20, 40, 80])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tables = [measure(size, arguments.seed) for size in arguments.sizes]
    titles = ("CPU time, `ot.emd` = 1", "cost above the least", "share of mass elsewhere")
    for column, (title, digits) in enumerate(zip(titles, (2, 4, 3), strict=True)):
        print(f"\n| {title} | {' | '.join(f'{size} tokens' for size in arguments.sizes)} |")
        print(f"|---{'|---:' * len(tables)}|")
        for name in tables[0]:
            unit = [table["POT `ot.emd`"][0] if column == 0 else 1 for table in tables]
            cells = [table[name][column] / one for table, one in zip(tables, unit, strict=True)]
            # Adding zero turns a rounded -0.0 into 0.0.
            print(f"| {name} | {' | '.join(f'{round(cell, digits) + 0.0:.{digits}f}' for cell in cells)} |")


if __name__ == "__main__":
    main()
