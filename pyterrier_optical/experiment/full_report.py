"""The full report on a collection: all documents ranked, and the first stage reranked, in many languages."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.comparison import Comparison, compare
from pyterrier_optical.experiment.output import output_folder
from pyterrier_optical.experiment.plot import bar_chart
from pyterrier_optical.experiment.ranked_systems import OPTICAL, RankedSystems, index_path
from pyterrier_optical.experiment.report import write_csv
from pyterrier_optical.experiment.report_text import report_text
from pyterrier_optical.experiment.resource_gap import gap_chart, resource_gap
from pyterrier_optical.experiment.suites import SUITES, Suite
from pyterrier_optical.experiment.systems import OPTICAL as RERANKED_OPTICAL
from pyterrier_optical.experiment.systems import Baselines, Systems, named_baselines, standard_systems
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.experiment.teachers import TEACHER, find_teacher


@dataclass(frozen=True)
class FullReport:
    """What a report found.

    Attributes:
        ranked: Systems that rank all documents, each tested against the model.
        reranked: Systems that rerank the first stage, each tested against `OpticalReranker`; None if left out.
        gaps: For each of the two parts the table of `resource_gap`; empty where the collection has no such groups.
        missing: Why a system is not among them: a reason by its name.
        text: All of it as Markdown.
        files: ``tables.md``, ``ranked.csv``, ``reranked.csv``, and the figures.
    """

    ranked: Comparison
    reranked: Comparison | None
    gaps: dict[str, pd.DataFrame]
    missing: dict[str, str]
    text: str
    files: tuple[Path, ...]


def run_report(
    suite: str,
    languages: Sequence[str] | None = None,
    *,
    split: str | None = None,
    baselines: Sequence[str] = (),
    model=None,
    teacher=TEACHER,
    engine: str = "auto",
    device: str | None = None,
    reranking: bool = True,
    output: str | os.PathLike = "output",
    echo: Callable[[str], None] = print,
) -> FullReport:
    """Measures a model, its teacher, BM25 and baselines on one collection in many languages.

    Each language has two tables. In the first every system ranks all documents: BM25 for the query as it is, the first
    stage (``OpticalTranslator() >> bm25``), bi-encoders, the teacher on the queries in English, the model by MaxSim and
    with the gloss of the query, and the fusion of the last with the first stage. In the second what the first stage
    found is reranked. Every system is tested against the model: paired t-tests over queries, Holm's correction for the
    systems of a table.

    Args:
        suite: "mtop", "xquad-r" or "afriqa".
        languages: None: those of the suite.
        split: "test" or "dev", for example; None: the suite's own.
        baselines: Names as for `named_baselines`.
        model: A checkpoint as for `pyterrier_optical.OpticalReranker`; None: the shipped one.
        teacher: What `pyterrier_optical.distill.load_teacher` takes; None: without it.
        engine: For `pyterrier_optical.bm25`.
        device: Torch device; None: an accelerator where there is one.
        reranking: Also rerank what the first stage finds, which takes most of the time.
        output: Folder for what is written, in a folder of the report's name; the indexes are kept in it.
        echo: Prints a line.

    Returns:
        The tables and where they are.

    Raises:
        OpticalError: An unknown suite, language, split or baseline; data or a model that is not available.

    Example:
        >>> run_report("mtop", ["hi", "th"], split="dev").ranked.summary("AP")  # doctest: +SKIP
    """
    from pyterrier_optical.checkpoint.folder import load_encoder

    need("A report", "plots", "matplotlib")
    if suite not in SUITES:
        raise OpticalError(f"No report on {shown(suite)}: choose {' or '.join(SUITES)}.")
    suite = SUITES[suite]
    split = suite.split(split)
    # Data that is not available ends the report here, before any model is looked for.
    ranked_tasks = {label: Task(name) for label, name in suite.names(suite.ranked, languages, split).items()}
    reranked_tasks = {
        label: Task(name, own_translation=True) for label, name in suite.names(suite.reranked, languages, split).items()
    }
    reference = Task(suite.reference) if suite.reference else None
    found = named_baselines(baselines, device=device)
    teacher, no_teacher = find_teacher(teacher, device)
    missing = {**({"the teacher": no_teacher} if no_teacher else {}), **found.missing}
    for name, reason in missing.items():
        echo(f"Without {name}: {reason}.")
    loaded = load_encoder(model, device=device)
    folder = output_folder(Path(output) / suite.label(split))

    every = RankedSystems(loaded, found, teacher=teacher, reference=reference, engine=engine, folder=folder)
    ranked = compare(every, ranked_tasks, suite.ranked_measures, baseline=OPTICAL, verbose=True)
    rerankers, reranked, parts = _Rerankers(loaded, found, engine, folder), None, {"All documents ranked": ranked}
    if reranking:
        reranked = compare(rerankers, reranked_tasks, suite.reranked_measures, baseline=RERANKED_OPTICAL, verbose=True)
        parts["The first stage reranked"] = reranked
    gaps = _gaps(suite, parts)
    remark = f"{suite.remark} BM25 by {rerankers.engine}."
    text = report_text(remark, ranked, reranked, gaps, missing, suite.headlines)
    echo(text)
    files = _write(folder, suite, ranked, reranked, gaps, text)
    for path in files:
        echo(f"written: {path}")
    return FullReport(ranked, reranked, gaps, missing, text, files)


class _Rerankers:
    """The pipelines of a task; tasks with the same documents share them."""

    def __init__(self, model, baselines: Baselines, engine: str, folder: Path):
        self.model = model
        self.baselines = baselines
        self.engine = engine
        self.folder = folder
        self._shared: dict[str, Systems] = {}

    def __call__(self, task: Task) -> dict[str, pt.Transformer]:
        if task.corpus_key not in self._shared:
            self._shared[task.corpus_key] = standard_systems(
                task.dataset,
                model=self.model,
                index_path=index_path(self.folder, task),
                engine=self.engine,
                baselines=self.baselines,
                fields="text",
            )
        systems = self._shared[task.corpus_key]
        self.engine = systems.engine
        return systems.pipelines


def _gaps(suite: Suite, parts: dict[str, Comparison]) -> dict[str, pd.DataFrame]:
    if not suite.resources:
        return {}
    gaps = {title: resource_gap(part, suite.headlines[0], **suite.resources) for title, part in parts.items()}
    return {title: gap for title, gap in gaps.items() if len(gap)}


def _write(
    folder: Path, suite: Suite, ranked: Comparison, reranked: Comparison | None, gaps, text: str
) -> tuple[Path, ...]:
    tables = folder / "tables.md"
    with whole(tables) as partial:
        partial.write_text(text, encoding="utf-8")
    files, measure = [tables], suite.headlines[0]
    for name, part, what in (
        ("ranked", ranked, "all documents ranked"),
        ("reranked", reranked, "the first stage reranked"),
    ):
        if part is None:
            continue
        write_csv(part, folder / f"{name}.csv")
        title = f"{suite.name}: {measure}, {what}"
        files += [folder / f"{name}.csv", bar_chart(part, measure, folder / f"{name}.png", title=title)]
    if gaps:
        files.append(gap_chart(gaps, measure, folder / "gap.png"))
    return tuple(files)
