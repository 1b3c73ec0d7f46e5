"""The command `python -m research.alignments`."""

from pathlib import Path
from typing import Annotated

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli import run
from pyterrier_optical.cli.options import Model
from pyterrier_optical.distill import read_pairs
from research.alignments.figure import PAIRS, alignment_figure

app = typer.Typer(add_completion=False)


@app.command()
def alignments(
    pairs: Annotated[Path | None, typer.Option(help="A file of ENGLISH<TAB>TRANSLATION lines; default: three.")] = None,
    model: Model = None,
    teacher: Annotated[str | None, typer.Option(help="Its folder, hub id or package; default: the model.")] = None,
    output: Annotated[Path, typer.Option(help="The picture, a PNG file.")] = Path("alignments.png"),
) -> None:
    """Draws which of the teacher's words optimal transport gives to each word of a translation."""
    chosen = PAIRS if pairs is None else list(read_pairs(pairs))
    with writing(output, "--output"):
        typer.echo(f"written: {alignment_figure(chosen, output, model=model, teacher=teacher)}")


if __name__ == "__main__":
    run(app)
