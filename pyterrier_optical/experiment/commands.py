"""The `pyterrier-optical experiment` commands."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The experiments that the tables in the documentation come from.")


def words(values: list[str] | None) -> list[str] | None:
    """Options given once or more often, each a list with spaces or commas, as one list."""
    return " ".join(values or ()).replace(",", " ").split() or None


@app.command("first-stage")
def first_stage(
    datasets: Annotated[list[str] | None, typer.Option(help="Such as afriqa/ha/dev; default: ten.")] = None,
    systems: Annotated[list[str] | None, typer.Option(help="A name in the tables, each time; default: all.")] = None,
    model: Annotated[str | None, typer.Option(help="Checkpoint folder or hub id; default: the shipped model.")] = None,
    lexicon: Annotated[Path | None, typer.Option(help="Lexicon file; default: the shipped lexicon.")] = None,
    engine: Annotated[str, typer.Option(help="BM25 by auto, terrier or pisa.")] = "auto",
    output: Annotated[Path | None, typer.Option(help="Folder for tables and indexes; default: print only.")] = None,
) -> None:
    """Compares what finds documents for a query that no one translated: a table per language, and summaries."""
    from pyterrier_optical.experiment.first_stage import first_stage_experiment

    options = {"model": model, "lexicon": lexicon, "engine": engine, "output": output}
    first_stage_experiment(words(datasets), systems=systems, **options, echo=typer.echo)
