"""First stages side by side: what finds documents for a query that no one translated."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path

import ir_measures
import pyterrier as pt

from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.comparison import Comparison, compare
from pyterrier_optical.experiment.output import output_folder
from pyterrier_optical.experiment.report import dataset_table, legend, summary_table, write_csv
from pyterrier_optical.experiment.systems import RAW
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.mt import ColumnQueryTranslator
from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25
from pyterrier_optical.retrieve.dense import OpticalRetriever
from pyterrier_optical.retrieve.fusion.reciprocal_rank import ReciprocalRankFusion
from pyterrier_optical.translate import Lexicon, OpticalTranslator

DATASETS = (
    *(f"mtop/{lang}/dev/split" for lang in ("de", "es", "fr", "hi", "th")),
    *(f"afriqa/{lang}/dev" for lang in ("ha", "ig", "zu", "rw")),
    "afriqa/yo/train",
)
MEASURES = (ir_measures.R @ 100, ir_measures.nDCG @ 10)
TRANSLATED = "mixture"
HUMAN = "human translation"

# Deeper than the measures look, for fusion and for the translations that MTOP's results lose.
_DEPTH = 300


class FirstStages:
    """What the systems of one corpus share: its index, its token vectors and a model, each made when first needed.

    Args:
        task: A data set with that corpus.
        model: A checkpoint folder, a hub id or a loaded model; None: the shipped one.
        lexicon: As for `pyterrier_optical.OpticalTranslator`; None: the shipped one.
        engine: For `pyterrier_optical.bm25`.
        index_path: Folder of the index; None: a temporary one.
    """

    def __init__(self, task: Task, model, lexicon, engine: str, index_path: Path | None):
        self.task = task
        self.model = model
        self.lexicon = lexicon
        self.engine = engine
        self.index_path = index_path

    @cached_property
    def retriever(self) -> BM25Retriever:
        """BM25."""
        return bm25(self.task.dataset, index_path=self.index_path, engine=self.engine, num_results=_DEPTH)

    @cached_property
    def dense(self) -> OpticalRetriever:
        """MaxSim with every document."""
        return OpticalRetriever(self.task.dataset, self.model, num_results=_DEPTH)

    def translated(self, **options) -> pt.Transformer:
        """BM25 for the translated query; ``options`` are those of `OpticalTranslator`."""
        return OpticalTranslator(self.retriever, self.model, lexicon=self.lexicon, **options) >> self.retriever

    def glossed(self) -> pt.Transformer:
        """MaxSim with every document, for the query and its gloss."""
        return OpticalTranslator(self.retriever, self.model, lexicon=self.lexicon) >> self.dense

    def fused(self) -> pt.Transformer:
        """BM25 for the translated query and MaxSim for it and its gloss, by their ranks."""
        return ReciprocalRankFusion(self.translated(), self.glossed())

    def human(self) -> pt.Transformer:
        """BM25 for the human translation of the query."""
        return ColumnQueryTranslator("query_translated", missing="keep") >> self.retriever


System = Callable[[FirstStages], pt.Transformer]

#: What is compared, by the name it has in the tables; the first is what the others are tested against.
SYSTEMS: Mapping[str, System] = {
    RAW: lambda stages: stages.retriever,
    "nearest terms": lambda stages: stages.translated(method="nearest"),
    "lexicon": lambda stages: stages.translated(method="lexicon"),
    TRANSLATED: lambda stages: stages.translated(),
    "OpticalRetriever": lambda stages: stages.dense,
    "OpticalRetriever with gloss": lambda stages: stages.glossed(),
    "fusion": lambda stages: stages.fused(),
    HUMAN: lambda stages: stages.human(),
}


@dataclass(frozen=True)
class FirstStageResult:
    """What the experiment found.

    Attributes:
        comparison: A table for each data set.
        text: All tables as Markdown.
        files: Where they were written: ``tables.md``, ``tables.csv`` and the values of each query; empty without
            ``output``.
    """

    comparison: Comparison
    text: str
    files: tuple[Path, ...] = ()


def first_stage_experiment(
    datasets: Sequence[str] | None = None,
    *,
    systems: Sequence[str] | Mapping[str, System] | None = None,
    model=None,
    lexicon: Lexicon | str | os.PathLike | None = None,
    engine: str = "auto",
    output: str | os.PathLike | None = None,
    echo: Callable[[str], None] = print,
) -> FirstStageResult:
    """Compares first stages by Recall@100 and nDCG@10, each with paired t-tests against BM25 for the query as it is.

    On MTOP other utterances of the same intent are relevant, and a query's own translation is left out of rankings and
    judgments. Data sets with the same documents share an index and token vectors.

    Args:
        datasets: Names such as ``mtop/hi/dev/split`` and ``afriqa/ha/dev``; None: development data of MTOP and AfriQA,
            and the training data of Yoruba, which has no other.
        systems: Names from `SYSTEMS`, or functions by name as there; None: all of `SYSTEMS`. The raw query always takes
            part.
        model: A checkpoint as for `pyterrier_optical.OpticalReranker`; None: the shipped one.
        lexicon: A lexicon or its file, as for `pyterrier_optical.OpticalTranslator`; None: the shipped one.
        engine: For `pyterrier_optical.bm25`.
        output: Folder for the tables, which is created; the indexes are kept in it for the next time. None: print only.
        echo: Prints a line.

    Returns:
        The tables.

    Raises:
        OpticalError: An unknown system or data set, data or a model that is not available.

    Example:
        >>> result = first_stage_experiment(["afriqa/ha/dev"], systems=["mixture"])  # doctest: +SKIP
        >>> result.comparison.summary("R@100")                                        # doctest: +SKIP
    """
    from pyterrier_optical.checkpoint.folder import load_encoder

    chosen = _choose(systems)
    tasks = {task.name: task for task in map(Task, datasets or DATASETS)}
    untranslated = [name for name, task in tasks.items() if not task.has_translations]
    if HUMAN in chosen and untranslated:
        echo(f"Without {HUMAN}: {', '.join(untranslated)} has none.")
        del chosen[HUMAN]
    folder = None if output is None else output_folder(output)
    loaded = load_encoder(model)
    shared: dict[str, FirstStages] = {}

    def stages(task: Task) -> FirstStages:
        key = task.corpus_key
        if key not in shared:
            index_path = folder and folder / f"index-{key[:8]}"
            shared[key] = FirstStages(task, loaded, lexicon, engine, index_path)
        return shared[key]

    def pipelines(task: Task) -> dict[str, pt.Transformer]:
        return {name: task.judged(system(stages(task))) for name, system in chosen.items()}

    comparison = compare(pipelines, tasks, MEASURES, baseline=RAW, verbose=True)
    parts = [f"BM25 by {next(iter(shared.values())).retriever.engine}.", *_report(comparison)]
    text = "\n\n".join(parts) + "\n"
    echo(text)
    files = () if folder is None else _write(folder, comparison, text)
    for path in files:
        echo(f"written: {path}")
    return FirstStageResult(comparison, text, files)


def _choose(systems) -> dict[str, System]:
    if isinstance(systems, Mapping):
        return {RAW: SYSTEMS[RAW], **systems}
    chosen = list(SYSTEMS if systems is None else systems)
    if unknown := [name for name in chosen if name not in SYSTEMS]:
        raise OpticalError(f"No first stage is called {shown(unknown[0])}: choose among {', '.join(SYSTEMS)}.")
    return {name: system for name, system in SYSTEMS.items() if name == RAW or name in chosen}


def _report(comparison: Comparison) -> list[str]:
    parts = [f"## {name}\n\n{dataset_table(comparison, name, 'R@100')}" for name in comparison.tables]
    for collection, group in groupby(comparison.tables, key=lambda name: name.split("/")[0]):
        # A collection's data sets side by side need no more than what tells them apart.
        tables = {name.removeprefix(f"{collection}/"): comparison.tables[name] for name in group}
        tables = {name.removesuffix("/split"): table for name, table in tables.items()}
        part = replace(comparison, tables=tables)
        parts += [f"## {measure}: {collection}\n\n{summary_table(part, measure)}" for measure in part.measures]
    return [*parts, legend(comparison)]


def _write(folder: Path, comparison: Comparison, text: str) -> tuple[Path, ...]:
    tables = folder / "tables.md"
    with whole(tables) as partial:
        partial.write_text(text, encoding="utf-8")
    return tables, *write_csv(comparison, folder / "tables.csv")
