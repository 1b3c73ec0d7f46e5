"""The command `python -m research.matched`."""

from pathlib import Path
from typing import Annotated

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli import run
from pyterrier_optical.cli.options import words
from research.matched.experiment import matched_experiment

app = typer.Typer(add_completion=False)


@app.command()
def matched(
    config: Annotated[Path, typer.Argument(help="A YAML file, such as research/recipes/matched.yaml.")],
    objectives: Annotated[list[str] | None, typer.Option(help="Such as 'ot mse ranking'; default: CONFIG's.")] = None,
    starts: Annotated[list[str] | None, typer.Option(help="centred, raw; default: CONFIG's.")] = None,
    seeds: Annotated[list[str] | None, typer.Option(help="Such as '1 2 3'; default: CONFIG's.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder for runs and tables; default: CONFIG's.")] = None,
    finished: Annotated[bool, typer.Option("--finished", help="Run nothing; report on what is finished.")] = False,
    reference: Annotated[str | None, typer.Option(help="Such as 'centred ot': what others are tested against.")] = None,
    steps: Annotated[int | None, typer.Option(help="Of every run, with an --output of its own.")] = None,
) -> None:
    """Trains one student by several objectives, all else being equal, and compares them on every language."""
    numbers = [int(word) if word.isdigit() else word for word in words(seeds) or ()] or None
    options = {"output": output, "finished": finished, "reference": reference, "steps": steps, "echo": typer.echo}
    with writing(output or Path("."), "--output"):
        matched_experiment(config, words(objectives), words(starts), numbers, **options)


if __name__ == "__main__":
    run(app)
