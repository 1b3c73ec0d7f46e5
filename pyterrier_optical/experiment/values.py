"""The values of systems on a data set, query by query; what is finished is kept and never computed twice."""

import logging
import re
import warnings
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import ir_measures
import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown

logger = logging.getLogger("pyterrier_optical")

_COLUMNS = ["system", "measure", "qid", "value"]
_TYPES = {"system": str, "measure": str, "qid": str, "value": float}
_RUN = ["qid", "docno", "rank", "score"]


class Store:
    """Where the values and the runs of one experiment lie: ``<data set>.csv.gz`` and ``<data set>/<system>.res.gz``.

    Args:
        folder: The folder, which is made; None: nothing is kept.
        runs: Whether to keep the runs too, in TREC's format.
    """

    def __init__(self, folder: Path | None, *, runs: bool = True):
        self.folder = folder
        self.runs = runs and folder is not None

    def values(self, dataset: str) -> pd.DataFrame:
        """What is finished of a data set: columns ``system``, ``measure``, ``qid``, ``value``."""
        path = self._values_file(dataset)
        if path is None or not path.is_file():
            return pd.DataFrame(columns=_COLUMNS)
        try:
            # As text: not every version of pandas reads a number exactly.
            return pd.read_csv(path, compression="gzip", dtype=str, keep_default_na=False)[_COLUMNS].astype(_TYPES)
        except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
            raise OpticalError(f"The file '{path}' is damaged: delete it to compute its values again.") from error

    def keep(self, dataset: str, values: pd.DataFrame) -> None:
        """Writes all values of a data set."""
        if (path := self._values_file(dataset)) is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole(path) as partial:
                values.to_csv(partial, index=False, compression={"method": "gzip", "mtime": 0})

    def keep_run(self, dataset: str, system: str, run: pd.DataFrame) -> None:
        """Writes a run in TREC's format."""
        if not self.runs or self.folder is None:
            return
        path = self.folder / _file_name(dataset) / f"{_file_name(system)}.res.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = run[_RUN].assign(q0="Q0", tag=_file_name(system))[["qid", "q0", *_RUN[1:], "tag"]]
        with whole(path) as partial:
            lines.to_csv(partial, sep=" ", header=False, index=False, compression={"method": "gzip", "mtime": 0})

    def _values_file(self, dataset: str) -> Path | None:
        return self.folder and self.folder / f"{_file_name(dataset)}.csv.gz"


def query_values(
    pipelines: Mapping[str, pt.Transformer],
    dataset,
    name: str,
    measures: Sequence[ir_measures.Measure | str],
    store: Store,
) -> pd.DataFrame:
    """The values of each system for each query that has judgments, by pt.Experiment.

    Args:
        pipelines: By name.
        dataset: Has ``get_topics`` and ``get_qrels``.
        name: Of the data set.
        measures: As for pt.Experiment.
        store: Systems whose values are in it are not run.

    Returns:
        Columns ``dataset``, ``system``, ``measure``, ``qid``, ``value``; systems in the order of ``pipelines``. A query
        without results has the value 0.

    Raises:
        OpticalError: No query has judgments; none of the documents that the systems found is in the judgments.
    """
    found = store.values(name)
    wanted = set(map(str, measures))
    has = found.groupby("system")["measure"].agg(set)
    pending = {system: pipeline for system, pipeline in pipelines.items() if not wanted <= has.get(system, set())}
    if pending:
        new = _computed(pending, dataset, name, measures, store)
        replaced = found["system"].isin(pending) & found["measure"].isin(wanted)
        found = pd.concat([found[~replaced], new], ignore_index=True)
        store.keep(name, found)
    found = found[found["measure"].isin(wanted) & found["system"].isin(list(pipelines))]
    order = {system: number for number, system in enumerate(pipelines)}
    found = found.sort_values("system", key=lambda column: column.map(order), kind="stable")
    return found.assign(dataset=name)[["dataset", *_COLUMNS]].astype(_TYPES).reset_index(drop=True)


def _computed(pipelines, dataset, name: str, measures, store: Store) -> pd.DataFrame:
    topics, qrels = dataset.get_topics(), dataset.get_qrels()
    if not set(topics["qid"]) & set(qrels["qid"]):
        raise OpticalError(
            f"No query of {shown(name)} has judgments: its topics have qids such as {shown(topics['qid'].iloc[0])}, "
            f"its qrels such as {shown(qrels['qid'].iloc[0])}."
        )
    ends = {system: _End(topics["qid"].iloc[0], system, qrels["docno"], store, name) for system in pipelines}
    with warnings.catch_warnings():
        # Queries without judgments count in no measure; pt.Experiment says so for each system.
        warnings.filterwarnings("ignore", message=r".*topic\(s\) not found in qrels")
        values = pt.Experiment(
            {system: pipeline >> ends[system] for system, pipeline in pipelines.items()},
            topics,
            qrels,
            list(measures),
            perquery=True,
            plan="tree",
            verbose=False,
        )
    for system, end in ends.items():
        if not end.found:
            store.keep_run(name, system, pd.DataFrame(columns=_RUN))
    _check_docnos(ends, qrels, name)
    return values.dropna(subset="value").rename(columns={"name": "system"})[_COLUMNS]


def _check_docnos(ends: Mapping[str, "_End"], qrels: pd.DataFrame, name: str) -> None:
    """Refuses runs and judgments that do not name documents alike: all measures would be 0 in silence."""
    strangers = {system: end.stranger for system, end in ends.items() if end.stranger is not None}
    if not strangers:
        return
    system, docno = next(iter(strangers.items()))
    message = (
        f"No document that {shown(system)} found for {shown(name)} is in its judgments, which have docnos such as "
        f"{shown(qrels['docno'].iloc[0])} where the run has {shown(docno)}"
    )
    if len(strangers) == len(ends):
        raise OpticalError(f"{message}: give both the same docnos.")
    logger.warning("%s.", message)


@dataclass(unsafe_hash=True)
class _End(pt.Transformer):
    """The last stage of a system: keeps its run, and looks whether its documents are those of the judgments.

    It puts one document that does not exist in the place of no results at all, which pt.Experiment refuses. The name of
    the system is part of it as pt.Experiment's tree planner cannot end two equal pipelines.
    """

    schematic = {"label": "End", "help_url": "https://pyterrier.readthedocs.io"}  # noqa: RUF012

    qid: str
    system: str
    judged: pd.Series = field(compare=False, repr=False)
    store: Store = field(compare=False, repr=False)
    dataset: str = field(compare=False)
    found: bool = field(default=False, compare=False)
    stranger: str | None = field(default=None, compare=False)

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        pt.validate.result_frame(inp, extra_columns=["score", "rank"], context=self)
        if not len(inp):
            return pd.DataFrame({"qid": [self.qid], "docno": [""], "score": [0.0], "rank": [pt.model.FIRST_RANK]})
        self.found = True
        self.store.keep_run(self.dataset, self.system, inp)
        self.stranger = None if inp["docno"].isin(self.judged).any() else str(inp["docno"].iloc[0])
        return inp


def check_file_names(names: Iterable[str]) -> None:
    """Refuses names of data sets or systems that would share a file.

    Raises:
        OpticalError: Two would.
    """
    files: dict[str, str] = {}
    for name in names:
        if (other := files.setdefault(_file_name(name), name)) != name:
            raise OpticalError(f"{shown(other)} and {shown(name)} would be kept in one file: rename one of them.")


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.+-]+", "_", name).strip("._") or "_"
