"""Systems side by side: one pt.Experiment table for each data set."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import ir_measures
import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.progress import progress
from pyterrier_optical.datasets.named import named_dataset
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.significance import summarise
from pyterrier_optical.experiment.values import Store, check_file_names, query_values

logger = logging.getLogger("pyterrier_optical")

Pipelines = Mapping[str, pt.Transformer]

#: The columns of a table behind the name of a measure, and those of the tidy frame that they are.
_TESTS = {"+": "better", "-": "worse", "p-value": "p", "reject": "reject", "p-value corrected": "p_corrected"}


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
        frame: All of it as one tidy frame, with bootstrap intervals; see
            `pyterrier_optical.experiment.significance.summarise`.
        values: The values that it comes from: ``dataset``, ``system``, ``measure``, ``qid``, ``value``.
    """

    tables: dict[str, pd.DataFrame]
    baseline: str
    measures: tuple[str, ...]
    correction: str
    alpha: float
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: pd.DataFrame = field(default_factory=pd.DataFrame)

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
    folder: str | os.PathLike | None = None,
    runs: bool = True,
) -> Comparison:
    """Runs every system on every data set, with pt.Experiment.

    Unlike a bare pt.Experiment, a system that finds nothing for any query scores 0 instead of ending the experiment,
    and one that is identical to the baseline is never called different from it (see
    `pyterrier_optical.experiment.significance.paired_t_test`).

    Args:
        systems: Pipelines by name, or a function from a data set to such a dict, for systems that need its index.
        datasets: Data sets by the name they are to have in the result, or names that ``pt.get_dataset`` knows.
        measures: As for pt.Experiment.
        baseline: Name of one of the systems.
        correction: For the number of systems in a table: "holm", "bonferroni", ... as statsmodels knows them.
        alpha: Level of the tests.
        verbose: Show a progress bar over data sets.
        folder: Where values and runs are kept. What is in it is taken as it is, whatever its systems were then: give
            each experiment its own folder. A new system, data set or measure is all that is computed. None: nothing is
            kept.
        runs: Whether runs are kept too, in TREC's format.

    Returns:
        The tables.

    Raises:
        OpticalError: Fewer than two systems, a baseline that is none of them, or no data set; a data set without
            judgments of its queries, or with docnos that are not those of the systems; a damaged file; names that
            would share one.

    Example:
        >>> first = bm25(dataset) % 100 >> dataset.text_loader()                       # doctest: +SKIP
        >>> systems = {"BM25": first, "OPTICAL": first >> OpticalReranker()}           # doctest: +SKIP
        >>> compare(systems, ["optical:mtop/hi/test"], ["map"], baseline="BM25").summary("map")  # doctest: +SKIP
    """
    if not isinstance(datasets, Mapping):
        datasets = {name: named_dataset(name) for name in ([datasets] if isinstance(datasets, str) else datasets)}
    if not datasets:
        raise OpticalError("There is no data set to compare on: name at least one.")
    store, frames, values, tables = Store(Path(folder) if folder else None, runs=runs), [], [], {}
    names = list(map(str, measures))
    if folder:
        check_file_names(datasets)
    with progress(datasets.items(), desc="Comparing", unit="data set", verbose=verbose) as bar:
        for name, dataset in bar:
            bar.set_postfix_str(name)
            pipelines = dict(systems(dataset) if callable(systems) else systems)
            _check(pipelines, baseline)
            if store.runs:
                check_file_names(pipelines)
            values.append(query_values(pipelines, dataset, name, measures, store))
            frames.append(summarise(values[-1], baseline, correction, alpha))
            tables[name] = _wide(frames[-1], names)
            _warn_of_twins(frames[-1], name, baseline)
    frame, values = (pd.concat(parts, ignore_index=True) for parts in (frames, values))
    return Comparison(tables, baseline, tuple(names), correction, alpha, frame, values)


def joined(comparisons: Sequence[Comparison]) -> Comparison:
    """Comparisons of the same systems on different data sets as one."""
    tables = {name: table for part in comparisons for name, table in part.tables.items()}
    frame, values = (pd.concat([getattr(part, name) for part in comparisons]) for name in ("frame", "values"))
    return replace(comparisons[0], tables=tables, frame=frame, values=values)


def _check(pipelines: Pipelines, baseline: str) -> None:
    if len(pipelines) < 2:
        raise OpticalError(f"{len(pipelines)} system cannot be compared: give at least two.")
    if baseline not in pipelines:
        raise OpticalError(f"No system is called {shown(baseline)}: the baseline is one of {', '.join(pipelines)}.")


def _wide(rows: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """The table of a data set as pt.Experiment has it: a row for each system."""
    by_measure = {measure: group.set_index("system") for measure, group in rows.groupby("measure", sort=False)}
    table = pd.DataFrame({measure: by_measure[measure]["mean"] for measure in measures})
    for measure in measures:
        for name, column in _TESTS.items():
            table[f"{measure} {name}"] = by_measure[measure][column]
    return table.rename_axis("name").reset_index()


def _warn_of_twins(rows: pd.DataFrame, name: str, baseline: str) -> None:
    """Logs which systems have the baseline's values for every query and measure: mostly, one was named twice."""
    same = rows[rows["system"] != baseline].groupby("system", sort=False)["p"].agg(lambda p: p.isna().all())
    for system in same.index[same]:
        logger.warning(
            "%s has the values of %s for every query of %s: are they one system?", system, baseline, shown(name)
        )
