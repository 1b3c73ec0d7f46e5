"""The command `python -m research.first_stage`."""

from pathlib import Path
from typing import Annotated

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli import run
from pyterrier_optical.cli.options import Engine, Model, words
from research.first_stage.experiment import SYSTEMS, first_stage_experiment

app = typer.Typer(add_completion=False)


@app.command()
def first_stage(
    datasets: Annotated[list[str] | None, typer.Option(help="Such as afriqa/ha/dev; default: ten.")] = None,
    systems: Annotated[
        list[str] | None, typer.Option(help=f"One of these, each time; default: all. {'; '.join(SYSTEMS)}.")
    ] = None,
    model: Model = None,
    lexicon: Annotated[Path | None, typer.Option(help="Lexicon file; default: the shipped lexicon.")] = None,
    engine: Engine = "auto",
    output: Annotated[Path | None, typer.Option(help="Folder for tables and indexes; default: print only.")] = None,
) -> None:
    """Compares what finds documents for a query that no one translated: a table per language, and summaries."""
    options = {"model": model, "lexicon": lexicon, "engine": engine, "output": output}
    with writing(output or Path("."), "--output"):
        first_stage_experiment(words(datasets), systems=systems, **options, echo=typer.echo)


if __name__ == "__main__":
    run(app)
