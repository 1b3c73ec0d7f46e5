"""From values per query to means, tests against a baseline, and bootstrap intervals."""

import warnings

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests

SAMPLES = 2000
SEED = 13
COLUMNS = (
    *("dataset", "system", "measure", "queries", "mean", "low", "high"),
    *("difference", "difference_low", "difference_high", "better", "worse", "p", "p_corrected", "reject"),
)


def paired_t_test(system: np.ndarray, baseline: np.ndarray) -> tuple[float, float]:
    """Student's paired t-test that always has an answer.

    Of two systems without a single difference (or over a single query) t is 0/0 and p is NaN, which the correction for
    multiple tests counts as significant and spreads to the other systems. Here p is 1: no evidence of a difference.

    Args:
        system: (n_queries,) values of a measure.
        baseline: (n_queries,) values of the other system, for the same queries.

    Returns:
        t and the two-sided p.

    Example:
        >>> paired_t_test(np.array([0.5, 1.0]), np.array([0.5, 1.0]))
        (0.0, 1.0)
    """
    if np.array_equal(system, baseline) or len(system) < 2:
        return 0.0, 1.0
    with warnings.catch_warnings():
        # Differences that are all the same lose precision in the variance, as scipy says each time.
        warnings.simplefilter("ignore", RuntimeWarning)
        t, p = stats.ttest_rel(system, baseline)
    return float(t), float(p)


def summarise(values: pd.DataFrame, baseline: str, correction: str, alpha: float) -> pd.DataFrame:
    """Means of each system and measure, and whether they differ from the baseline's.

    Args:
        values: Columns ``dataset``, ``system``, ``measure``, ``qid``, ``value``; each system has the same queries.
        baseline: Name of a system.
        correction: For the number of systems of a data set and measure, as statsmodels names it.
        alpha: Level of the tests and of the intervals.

    Returns:
        A row for each data set, measure and system, with `COLUMNS`: the mean over ``queries`` and its interval ``low``
        to ``high``; ``difference`` (the mean less the baseline's) and its interval; ``better`` and ``worse``, how many
        queries; ``p`` of the paired t-test, ``p_corrected`` and ``reject``. Intervals are of the percentile bootstrap
        over queries (Sakai 2006), `SAMPLES` samples, the same for all systems of a data set. Tests are NaN for the
        baseline and for a system without a single difference from it.
    """
    rows = [
        row
        for (dataset, measure), group in values.groupby(["dataset", "measure"], sort=False)
        for row in _rows(dataset, measure, group, baseline, correction, alpha)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(dataset: str, measure: str, group: pd.DataFrame, baseline: str, correction: str, alpha: float) -> list[dict]:
    table = group.pivot(index="qid", columns="system", values="value")[list(group["system"].unique())]
    numbers, reference = table.to_numpy(), table[baseline].to_numpy()
    others = [system for system in table if system != baseline]
    p = [paired_t_test(table[system].to_numpy(), reference)[1] for system in others]
    reject, corrected = multipletests(p, alpha=alpha, method=correction)[:2] if others else ([], [])
    tests = {
        system: {"p": p[i], "p_corrected": corrected[i], "reject": bool(reject[i])} for i, system in enumerate(others)
    }
    drawn = _means_of_samples(numbers)
    differences = drawn - drawn[:, [table.columns.get_loc(baseline)]]
    rows = []
    for i, system in enumerate(table):
        delta = numbers[:, i] - reference
        row = {"dataset": dataset, "system": system, "measure": measure, "queries": len(table)}
        row |= {"mean": numbers[:, i].mean(), "reject": False}
        row["low"], row["high"] = np.quantile(drawn[:, i], [alpha / 2, 1 - alpha / 2])
        if system != baseline:
            row["difference"], row["better"], row["worse"] = delta.mean(), (delta > 0).sum(), (delta < 0).sum()
            row["difference_low"], row["difference_high"] = np.quantile(differences[:, i], [alpha / 2, 1 - alpha / 2])
            row |= tests[system] if delta.any() else {}
        rows.append(row)
    return rows


def _means_of_samples(numbers: np.ndarray) -> np.ndarray:
    """(queries, systems) to (SAMPLES, systems): means over queries drawn with replacement."""
    queries = len(numbers)
    counts = np.random.default_rng(SEED).multinomial(queries, np.full(queries, 1 / queries), size=SAMPLES)
    return counts @ numbers / queries
