"""The `pyterrier-optical` command."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from pyterrier_optical.errors import OpticalError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Cross-lingual reranking for PyTerrier (OPTICAL).")

Config = Annotated[Path, typer.Argument(help="A YAML file; see configs/ for examples.")]


@app.command()
def distill(
    config: Config,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint of the output folder.")] = True,
) -> None:
    """Distils a checkpoint from bitext, as CONFIG says; under `accelerate launch` on several GPUs."""
    from pyterrier_optical.distill import distill as run

    typer.echo(f"The checkpoint is in {run(config, resume=resume)}")


@app.command()
def transplant(config: Config) -> None:
    """Makes and saves the aligned start of CONFIG, without training it."""
    from pyterrier_optical.distill import DistillConfig, load_bitext, load_student, load_teacher

    settings = DistillConfig.from_yaml(config)
    if settings.student != "transplant":
        raise OpticalError(
            f"{str(config)!r} says student: {settings.student!r}: only 'student: transplant' is made here."
        )
    evaluation, training = settings.evaluation, settings.training
    bitext = load_bitext(settings.bitext, heldout_pairs=evaluation.heldout_pairs, seed=training.seed)
    typer.echo(str(bitext.report))
    load_student(settings, load_teacher(settings.teacher), bitext)
    typer.echo(f"The aligned start is in {Path(settings.output) / 'start'}")


def main() -> None:
    """Runs the command; a user's mistake is one line on stderr and exit status 2, never a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for noisy in ("httpx", "httpcore", "sentence_transformers", "transformers", "datasets"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        app()
    except OpticalError as error:
        typer.echo(f"pyterrier-optical: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("Interrupted; the same command goes on from the last checkpoint.", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
