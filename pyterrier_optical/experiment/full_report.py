"""The full report on a collection: all documents ranked, and the first stage reranked, in many languages."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.comparison import Comparison, compare
from pyterrier_optical.experiment.key import experiment_key, identity
from pyterrier_optical.experiment.output import output_folder
from pyterrier_optical.experiment.own_systems import own_systems
from pyterrier_optical.experiment.plot import bar_chart
from pyterrier_optical.experiment.ranked_systems import OPTICAL, RankedSystems, index_path
from pyterrier_optical.experiment.reading import reading_text, what_was_read
from pyterrier_optical.experiment.report import write_csv, write_latex
from pyterrier_optical.experiment.report_text import report_text
from pyterrier_optical.experiment.scatter import scatter_chart
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
        missing: Why a system is not among them: a reason by its name.
        read: What the encoders read of the queries and documents; see `what_was_read`.
        text: All of it as Markdown.
        files: ``tables.md``, ``tables.tex``; for each part a tidy ``.csv``, the values of each query, and
            figures.
    """

    ranked: Comparison
    reranked: Comparison | None
    missing: dict[str, str]
    read: pd.DataFrame
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
    systems: Sequence[str] = (),
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
        systems: Rerankers of your own that take part there, as for `own_systems`: ``name=package.module:attribute``.
        output: Folder for what is written, in a folder of the report's name; the indexes are kept in it, and under
            ``values-<key>`` the values of finished systems and the runs of what is reranked, in TREC's format. A report
            that was interrupted goes on from them; other code, another model or baseline has another key. With a loaded
            ``model`` or ``teacher``, whose weights have no name, nothing is kept.
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
    chosen = SUITES[suite]
    split = chosen.split(split)
    # Data that is not available ends the report here, before any model is looked for.
    ranked_tasks = {label: Task(name) for label, name in chosen.names(chosen.ranked, languages, split).items()}
    reranked_tasks = {
        label: Task(name, own_translation=True)
        for label, name in chosen.names(chosen.reranked, languages, split).items()
    }
    reference = Task(chosen.reference) if chosen.reference else None
    found, own = named_baselines(baselines, device=device), own_systems(systems)
    for name in {*found.rerankers, "OpticalReranker"} & own.keys():
        raise OpticalError(f"Two systems are called {shown(name)}: give each its own name.")
    key = _key(chosen.label(split), model, teacher, found, engine, systems)
    english, no_teacher = find_teacher(teacher, device)
    missing = {**({"the teacher": no_teacher} if no_teacher else {}), **found.missing}
    for name, reason in missing.items():
        echo(f"Without {name}: {reason}.")
    loaded = load_encoder(model, device=device)
    folder = output_folder(Path(output) / chosen.label(split))
    kept = folder / f"values-{key}" if key else None
    if kept and kept.is_dir():
        echo(f"Going on with what is finished in {kept}: delete it to compute all again.")

    every = RankedSystems(loaded, found, teacher=english, reference=reference, engine=engine, folder=folder)
    # Rankings of all documents are too long to keep.
    options: dict[str, Any] = {"baseline": OPTICAL, "verbose": True, "folder": kept and kept / "ranked", "runs": False}
    ranked = compare(every, ranked_tasks, chosen.ranked_measures, **options)
    rerankers, reranked, parts = _Rerankers(loaded, found, engine, folder, own), None, {"All documents ranked": ranked}
    if reranking:
        options = {"baseline": RERANKED_OPTICAL, "verbose": True, "folder": kept and kept / "reranked"}
        reranked = compare(rerankers, reranked_tasks, chosen.reranked_measures, **options)
        parts["The first stage reranked"] = reranked
    remark = f"{chosen.remark} BM25 by {every.engine(next(iter(ranked_tasks.values())))}."
    read = what_was_read(every.encoders, ranked_tasks)
    text = report_text(remark, ranked, reranked, missing, chosen.headlines, reading_text(read))
    echo(text)
    files = _write(folder, chosen, parts, text)
    for path in files:
        echo(f"written: {path}")
    return FullReport(ranked, reranked, missing, read, text, files)


def _key(label: str, model, teacher, baselines: Baselines, engine: str, systems: Sequence[str]) -> str | None:
    """What the values depend on; None where a model has no name to tell it by."""
    models = {"model": identity(model), "teacher": identity(teacher or "none")}
    for name, reranker in baselines.rerankers.items():
        models[name] = repr(reranker) + str(identity(reranker.model))
    for entry in systems:
        models[entry] = identity(sys.modules[entry.partition("=")[2].partition(":")[0]].__file__)
    return None if None in models.values() else experiment_key(label=label, engine=engine, models=models)


@dataclass
class _Rerankers:
    """The pipelines of a task; tasks with the same documents share them."""

    model: Any
    baselines: Baselines
    engine: str
    folder: Path
    own: Mapping[str, pt.Transformer]
    _shared: dict[str, Systems] = field(default_factory=dict)

    def __call__(self, task: Task) -> dict[str, pt.Transformer]:
        if task.corpus_key not in self._shared:
            self._shared[task.corpus_key] = standard_systems(
                task.dataset,
                model=self.model,
                index_path=index_path(self.folder, task),
                engine=self.engine,
                baselines=self.baselines,
                own=self.own,
                fields="text",
            )
        return self._shared[task.corpus_key].pipelines


def _write(folder: Path, suite: Suite, parts: Mapping[str, Comparison], text: str) -> tuple[Path, ...]:
    files, measure = [folder / "tables.md", folder / "tables.tex"], suite.headlines[0]
    with whole(files[0]) as partial:
        partial.write_text(text, encoding="utf-8")
    write_latex({title: (part, suite.headlines) for title, part in parts.items()}, files[1])
    for name, (title, part) in zip(("ranked", "reranked"), parts.items(), strict=False):
        files += write_csv(part, folder / f"{name}.csv")
        title = f"{suite.name}: {measure}, {title[0].lower()}{title[1:]}"
        files.append(bar_chart(part, measure, folder / f"{name}.png", title=title))
        files.append(scatter_chart(part, measure, folder / f"{name}-scatter.png", title=f"{title}, query by query"))
    return tuple(files)
