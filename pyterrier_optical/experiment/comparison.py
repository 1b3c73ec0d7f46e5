"""Systems side by side: one pt.Experiment table for each data set."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt
from scipy import stats

from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError, shown

Pipelines = Mapping[str, pt.Transformer]


@dataclass(frozen=True)
class Comparison:
    """The tables of one comparison.

    Attributes:
        tables: For each data set what pt.Experiment returned: a row for each system, with the columns ``name``, each
            measure, and for each measure ``<measure> +`` and ``<measure> -`` (queries improved and degraded),
            ``<measure> p-value``, ``<measure> reject`` and ``<measure> p-value corrected``, against the baseline. The
            p-values of the baseline, and of a system without a single difference from it, are NaN.
        baseline: Name of the system that the others are tested against.
        measures: Names of the measures.
        correction: How p-values were corrected for the number of systems in a table.
        alpha: The level of the tests.
    """

    tables: dict[str, pd.DataFrame]
    baseline: str
    measures: tuple[str, ...]
    correction: str
    alpha: float

    def summary(self, measure: str) -> pd.DataFrame:
        """One measure over all data sets: a row for each system, a column for each data set."""
        return self._pivot(measure)

    def significant(self, measure: str) -> pd.DataFrame:
        """Where a system differs from the baseline beyond chance: bool, in the shape of `summary`."""
        return self._pivot(f"{measure} reject").astype(bool)

    def _pivot(self, column: str) -> pd.DataFrame:
        return pd.DataFrame({name: table.set_index("name")[column] for name, table in self.tables.items()})


def compare(
    systems: Pipelines | Callable[[pt.datasets.Dataset], Pipelines],
    datasets: Mapping[str, pt.datasets.Dataset] | Sequence[str],
    measures: Sequence[ir_measures.Measure | str],
    *,
    baseline: str,
    correction: str = "holm",
    alpha: float = 0.05,
    verbose: bool = False,
) -> Comparison:
    """Runs every system on every data set, with pt.Experiment.

    Unlike a bare pt.Experiment, a system that finds nothing for any query scores 0 instead of ending the experiment,
    and one that is identical to the baseline is never called different from it (see `paired_t_test`).

    Args:
        systems: Pipelines by name, or a function from a data set to such a dict, for systems that need its index.
        datasets: Data sets by the name they are to have in the result, or names that ``pt.get_dataset`` knows.
        measures: As for pt.Experiment.
        baseline: Name of one of the systems.
        correction: For the number of systems in a table: "holm", "bonferroni", ... as statsmodels knows them.
        alpha: Level of the tests.
        verbose: Show a progress bar over data sets.

    Returns:
        The tables.

    Raises:
        OpticalError: Fewer than two systems, a baseline that is none of them, or no data set.

    Example:
        >>> first = bm25(dataset) % 100 >> dataset.text_loader()                       # doctest: +SKIP
        >>> systems = {"BM25": first, "OPTICAL": first >> OpticalReranker()}           # doctest: +SKIP
        >>> compare(systems, ["optical:mtop/hi/test"], ["map"], baseline="BM25").summary("map")  # doctest: +SKIP
    """
    if not isinstance(datasets, Mapping):
        datasets = {name: pt.get_dataset(name) for name in datasets}
    if not datasets:
        raise OpticalError("There is no data set to compare on: name at least one.")
    tables = {}
    with progress(datasets.items(), desc="Comparing", unit="data set", verbose=verbose) as bar:
        for name, dataset in bar:
            bar.set_postfix_str(name)
            pipelines = dict(systems(dataset) if callable(systems) else systems)
            _check(pipelines, baseline)
            tables[name] = _experiment(pipelines, dataset, measures, baseline, correction, alpha)
    return Comparison(tables, baseline, tuple(map(str, measures)), correction, alpha)


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


def _check(pipelines: Pipelines, baseline: str) -> None:
    if len(pipelines) < 2:
        raise OpticalError(f"{len(pipelines)} system cannot be compared: give at least two.")
    if baseline not in pipelines:
        raise OpticalError(f"No system is called {shown(baseline)}: the baseline is one of {', '.join(pipelines)}.")


def _experiment(pipelines: dict, dataset, measures, baseline: str, correction: str, alpha: float) -> pd.DataFrame:
    topics = dataset.get_topics()
    qid = topics["qid"].iloc[0]
    table = pt.Experiment(
        {name: pipeline >> _NeverEmpty(qid, name) for name, pipeline in pipelines.items()},
        topics,
        dataset.get_qrels(),
        list(measures),
        baseline=baseline,
        test=paired_t_test,
        correction=correction,
        correction_alpha=alpha,
        plan="tree",
        verbose=False,
    )
    return _without_empty_tests(table)


def _without_empty_tests(table: pd.DataFrame) -> pd.DataFrame:
    """The table with NaN for the p-values of systems that do not differ from the baseline on any query."""
    for column in [column for column in table if column.endswith(" p-value")]:
        measure = column.removesuffix(" p-value")
        same = table[f"{measure} +"].fillna(0).eq(0) & table[f"{measure} -"].fillna(0).eq(0)
        table.loc[same, [column, f"{column} corrected"]] = np.nan
    return table


class _NeverEmpty(pt.Transformer):
    """Puts one document that does not exist in the place of no results at all, which pt.Experiment refuses.

    The system's name is part of it as pt.Experiment's tree planner cannot end two equal pipelines.
    """

    schematic = {"label": "NeverEmpty", "help_url": "https://pyterrier.readthedocs.io"}  # noqa: RUF012

    def __init__(self, qid: str, system: str):
        self.qid = qid
        self.system = system

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        pt.validate.result_frame(inp, extra_columns=["score", "rank"], context=self)
        if len(inp):
            return inp
        return pd.DataFrame({"qid": [self.qid], "docno": [""], "score": [0.0], "rank": [pt.model.FIRST_RANK]})

    def __eq__(self, other) -> bool:
        return isinstance(other, _NeverEmpty) and (other.qid, other.system) == (self.qid, self.system)

    def __hash__(self) -> int:
        return hash((self.qid, self.system))
