"""The whole comparison: every run that is not there yet, then the tables of all."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyterrier as pt

from pyterrier_optical.distill.config import expand
from pyterrier_optical.errors import OpticalError
from research.matched.config import MatchedConfig
from research.matched.grid import Run, runs
from research.matched.materials import Materials
from research.matched.report import MatchedResult, matched_report
from research.matched.store import RunStore
from research.matched.tasks import all_tasks
from research.matched.training import execute


def matched_experiment(
    config: MatchedConfig | dict | str | Path,
    objectives: Sequence[str] | None = None,
    starts: Sequence[str] | None = None,
    seeds: Sequence[int] | None = None,
    output: str | Path | None = None,
    finished: bool = False,
    echo: Callable[[str], None] = print,
    reference: str | None = None,
    steps: int | None = None,
) -> MatchedResult:
    """Trains the same student by different objectives and measures it, all else being equal.

    Body, vocabulary, bitext, rows and their order, steps, optimiser and seeds are the same, and the teacher is the
    frozen start of the run. A run that is finished is not made again, so that an interrupted comparison goes on where
    it was and one with more objectives or seeds takes what is there.

    Args:
        config: A `MatchedConfig`, the same as a dict, or the path of a YAML file (see `research/recipes/matched.yaml`).
        objectives: Which; None: those of the configuration.
        starts: "centred", "raw" or both.
        seeds: Whole numbers.
        output: Folder for runs and results.
        finished: Run nothing, and report on those of the runs that are finished. Needs neither bitext nor data sets.
        echo: Prints a line.
        reference: The start and the objective that the others are tested against, such as "centred ot".
        steps: Of every run; None: those of the configuration. Another length needs an ``output`` of its own.

    Returns:
        The results and where they are written.

    Raises:
        OpticalError: The configuration, the bitext or a data set cannot be used, a finished run had other settings, or
            nothing is finished to report on.

    Example:
        >>> matched_experiment("research/recipes/matched.yaml", objectives=["ot", "mse"], seeds=[1])  # doctest: +SKIP
    """
    if isinstance(config, dict):
        config = MatchedConfig.from_dict(config)
    elif not isinstance(config, MatchedConfig):
        config = MatchedConfig.from_yaml(config)
    config = config.narrowed(objectives, starts, seeds, output, reference, steps)
    store, wanted = RunStore(config), runs(config)
    todo = [run for run in wanted if not store.is_finished(run)]
    echo(f"{len(wanted)} runs, of which {len(wanted) - len(todo)} are finished, in {expand(config.output)}")
    if finished:
        wanted, todo = [run for run in wanted if run not in todo], []
        if not wanted:
            raise OpticalError(f"None of the runs is finished in '{expand(config.output)}': leave out 'finished'.")
    values = {run: store.values(run) for run in wanted if run not in todo}
    if not todo:
        return _told(_report(config, wanted, values), echo)
    materials = Materials(config)
    tasks = all_tasks(config.evaluation.datasets, materials.bitext.heldout)
    with pt.tqdm(todo, desc="Comparing objectives", unit="run") as bar:
        for run in bar:
            bar.set_postfix_str(str(run))
            with store.writing(run) as folder:
                found, seconds = execute(run, materials, tasks, folder)
                store.write_values(found, folder)
            means = {f"{name} {ranking}": round(value, 4) for (name, ranking), value in _means(found).items()}
            store.record(run, seconds, means)
            echo(f"{run}: {seconds['training']:.0f} s of training, {seconds['evaluation']:.0f} s of evaluation")
            values[run] = store.values(run)
            result = _report(config, wanted, values)
    return _told(result, echo)


def _told(result: MatchedResult, echo: Callable[[str], None]) -> MatchedResult:
    for what, path in result.files.items():
        echo(f"{what:>8}: {path}")
    return result


def _means(values: pd.DataFrame) -> pd.Series:
    return values.groupby(["dataset", "ranking"], sort=False)["value"].mean()


def _report(config: MatchedConfig, wanted: list[Run], values: dict[Run, pd.DataFrame]) -> MatchedResult:
    """Of what there is, in the order of the configuration: tables grow while the runs go on."""
    return matched_report(config, pd.concat([values[run] for run in wanted if run in values], ignore_index=True))
