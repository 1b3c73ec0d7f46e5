"""The command `python -m research.resource_gap`."""

from pathlib import Path
from typing import Annotated

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli import run
from pyterrier_optical.cli.options import words
from research.resource_gap.gap import gap_report

app = typer.Typer(add_completion=False)


@app.command()
def resource_gap(
    report: Annotated[Path, typer.Argument(help="The folder of a report, such as output/mtop-test.")],
    measure: Annotated[str, typer.Option(help="One of the report's.")] = "AP",
    low: Annotated[list[str] | None, typer.Option(help="Low-resource languages; default: 'hi th'.")] = None,
    high: Annotated[list[str] | None, typer.Option(help="High-resource languages; default: 'de fr es'.")] = None,
) -> None:
    """Says how far low- and high-resource languages are apart, system by system, and draws it: REPORT/gap.png."""
    with writing(report, "REPORT"):
        typer.echo(gap_report(report, measure, words(low) or ["hi", "th"], words(high) or ["de", "fr", "es"]))


if __name__ == "__main__":
    run(app)
