"""The demonstration: first stage, baselines and OpticalReranker on a collection, as tables and a picture."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ir_measures
import pyterrier as pt

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.datasets import mtop, mtop_files, sample
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.comparison import Comparison, compare, joined
from pyterrier_optical.experiment.output import output_folder
from pyterrier_optical.experiment.plot import bar_chart
from pyterrier_optical.experiment.report import dataset_table, legend, summary_table, write_csv
from pyterrier_optical.experiment.systems import Systems, named_baselines, standard_systems

SAMPLE_MEASURES = (ir_measures.nDCG @ 10, ir_measures.AP, ir_measures.RR, ir_measures.P @ 1)


@dataclass(frozen=True)
class DemoCollection:
    """One choice of ``--dataset``: data sets of many query languages over one corpus.

    Attributes:
        pattern: Name of the data set of a language.
        languages: All of them.
        measures: What to measure.
        remark: What a reader of its numbers should know.
        pace: How long it takes, on two idle cores.
    """

    pattern: str
    languages: tuple[str, ...]
    measures: tuple[ir_measures.Measure, ...]
    remark: str
    pace: str


COLLECTIONS = {
    "sample": DemoCollection(
        "optical:sample/{}",
        tuple(sample.languages()),
        SAMPLE_MEASURES,
        "150 short English documents, 24 queries a language: a demonstration, no benchmark.",
        "The first takes up to a minute, the others some seconds each.",
    ),
    "mtop": DemoCollection(
        "optical:mtop/{}/test",
        tuple(mtop_files.LANGUAGES),
        tuple(mtop.MEASURES),
        "MTOP test queries, English utterances of dev and test; relevant: the same intent, RR: the own translation.",
        "Each has thousands of queries and takes minutes.",
    ),
}


@dataclass(frozen=True)
class DemoResult:
    """What a demonstration left behind.

    Attributes:
        comparison: The tables.
        systems: The pipelines, and the baselines that are not available.
        tables_file: The tables for people, Markdown.
        csv_file: The tables with all columns.
        plot_file: The picture, PNG.
    """

    comparison: Comparison
    systems: Systems
    tables_file: Path
    csv_file: Path
    plot_file: Path


def run_demo(
    dataset: str = "sample",
    languages: Sequence[str] | None = None,
    *,
    output: str | os.PathLike = "output",
    model=None,
    engine: str = "auto",
    baselines: Sequence[str] = (),
    echo: Callable[[str], None] = print,
) -> DemoResult:
    """Compares the systems on one collection, prints each language's table as it is done, and writes all and a plot.

    Args:
        dataset: "sample" or "mtop".
        languages: Query languages; None: all that the collection has.
        output: Folder for the files, which is created; the index is kept in it for the next time.
        model: A checkpoint folder or hub id; None: the shipped model.
        engine: "auto", "terrier" or "pisa".
        baselines: Those to compare with, names as for `named_baselines`, such as "me5=FOLDER"; none: those that are on
            this machine.
        echo: Prints a line.

    Returns:
        The tables and the places of the files.

    Raises:
        OpticalError: An unknown collection or language, data or a model that is not available, a folder that cannot be
            written to.

    Example:
        >>> run_demo(languages=["sw"]).plot_file  # doctest: +SKIP
        PosixPath('output/sample/AP.png')
    """
    from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL, find_checkpoint

    need("The demonstration", "demo", "matplotlib")
    if dataset not in COLLECTIONS:
        raise OpticalError(f"No demonstration on {shown(dataset)}: choose {' or '.join(COLLECTIONS)}.")
    collection = COLLECTIONS[dataset]
    find_checkpoint(SHIPPED_MODEL if model is None else model)
    languages = [languages] if isinstance(languages, str) else languages or collection.languages
    datasets = {lang: pt.get_dataset(collection.pattern.format(lang)) for lang in languages}
    one = next(iter(datasets.values()))
    one.get_topics()  # data that is not available ends the demonstration here, before any work
    folder = output_folder(Path(output) / dataset)

    echo(
        f"BM25, then rerankers, for queries in {', '.join(datasets)}: a table for each language as soon as it is done. "
        f"{collection.pace} The index stays in {folder} for the next time."
    )
    chosen = named_baselines(baselines) if baselines else None
    options: dict[str, Any] = {"engine": engine, "baselines": chosen}
    systems = standard_systems(one, model=model, index_path=folder / "index", **options)
    for name, reason in systems.missing.items():
        echo(f"Without {name}: {reason}.")
    head = (
        f"\n{collection.remark}\nBM25 by {systems.engine} over {systems.num_docs} documents; the first stage is "
        "OpticalTranslator >> BM25, of which 100 documents are reranked."
    )
    echo(head)
    parts, comparisons = [head], []
    for lang, data in datasets.items():
        comparison = compare(systems.pipelines, {lang: data}, collection.measures, baseline=systems.baseline)
        comparisons.append(comparison)
        table = dataset_table(comparison, lang, "AP")
        parts.append(f"## {collection.pattern.format(lang)}\n\n{table}")
        echo(f"\n{parts[-1]}")
    comparison = joined(comparisons)
    tail = f"## AP by query language\n\n{summary_table(comparison, 'AP')}\n\n{legend(comparison)}\n"
    echo(f"\n{tail}")
    text = "\n\n".join([*parts, tail])
    tables_file, csv_file = folder / "tables.md", folder / "tables.csv"
    with whole(tables_file) as partial:
        partial.write_text(text, encoding="utf-8")
    write_csv(comparison, csv_file)
    plot_file = bar_chart(comparison, "AP", folder / "AP.png", title=f"{dataset}: AP by query language")
    for what, path in {"tables": tables_file, "all columns": csv_file, "plot": plot_file}.items():
        echo(f"{what:>12}: {path}")
    return DemoResult(comparison, systems, tables_file, csv_file, plot_file)
