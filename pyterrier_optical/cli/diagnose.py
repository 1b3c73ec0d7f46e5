"""The `pyterrier-optical diagnose` command."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from pyterrier_optical.cli.options import Model, With, words
from pyterrier_optical.datasets import load
from pyterrier_optical.datasets.document_files import read_documents
from pyterrier_optical.datasets.named import named_dataset
from pyterrier_optical.datasets.query_files import read_queries
from pyterrier_optical.errors import OpticalError, shown

_COMPRESSED = {".gz", ".bz2", ".lz4"}


def diagnose(
    texts: Annotated[
        list[str],
        typer.Argument(
            help="Data sets, such as sample/sw; files of queries, .tsv with qid<TAB>query; files of documents, .jsonl "
            "with a text and, where there is one, a title.",
        ),
    ],
    model: Model = None,
    baselines: With = None,
    documents: Annotated[int, typer.Option(min=0, help="So many documents of each, the first ones.")] = 10_000,
) -> None:
    """Says what tokenizers make of queries and documents: tokens for a word, unknown ones, what is cut off."""
    from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL
    from pyterrier_optical.experiment.reading import diagnosis_text
    from pyterrier_optical.experiment.systems import named_baselines
    from pyterrier_optical.late.diagnose import diagnose as run
    from pyterrier_optical.rerank.optical import OpticalReranker

    found = named_baselines(words(baselines) or (), device="cpu")
    for name, reason in found.missing.items():
        typer.echo(f"Without {name}: {reason}.", err=True)
    readers = {**found.rerankers, model or SHIPPED_MODEL.name: OpticalReranker(model, device="cpu")}
    parts = [part for name in texts for part in _frames(name, documents)]
    rows = [
        run(reader, frame, task, thresholds={}).assign(lang=name, task=task, system=system)
        for name, task, frame in parts
        for system, reader in readers.items()
    ]
    typer.echo(diagnosis_text(pd.concat(rows)))


def _frames(name: str, documents: int) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The name, the task and the texts of a file or of both parts of a data set."""
    kind = _kind(name)
    if kind == ".tsv":
        yield name, "query", read_queries(name)
    elif kind == ".jsonl":
        read = pd.DataFrame(islice(read_documents(Path(name)), documents), dtype=object)
        yield name, "document", read.filter(["title", "text"]).fillna("")
    else:
        dataset = named_dataset(name) if ":" in name else load(name)
        yield name, "query", dataset.get_topics()[["query"]]
        if documents:
            corpus = islice(dataset.get_corpus_iter(verbose=False), documents)
            yield name, "document", pd.DataFrame(corpus).filter(["title", "text"])


def _kind(name: str) -> str | None:
    """``.tsv`` or ``.jsonl`` for a file, None for the name of a data set."""
    path = Path(name)
    kind = path.with_suffix("").suffix if path.suffix in _COMPRESSED else path.suffix
    if kind in (".tsv", ".jsonl"):
        if not path.is_file():
            raise OpticalError(f"There is no file {shown(name)}: give the path of one, or the name of a data set.")
        return kind
    if path.is_file():
        raise OpticalError(
            f"{shown(name)} is neither a .tsv file of queries nor a .jsonl file of documents: rename it so."
        )
    return None
