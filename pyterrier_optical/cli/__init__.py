"""The `pyterrier-optical` command."""

import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from pyterrier_optical import __version__
from pyterrier_optical.base.files import writing
from pyterrier_optical.cli import experiment as commands
from pyterrier_optical.cli import files, index
from pyterrier_optical.cli.diagnose import diagnose
from pyterrier_optical.cli.doctor import doctor
from pyterrier_optical.cli.options import Device, Engine, Model, With, words
from pyterrier_optical.cli.weights import weights
from pyterrier_optical.cli.word_lists import WordLists
from pyterrier_optical.errors import OpticalError

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Cross-lingual reranking for PyTerrier (OPTICAL).")

app.add_typer(commands.app, name="experiment")
app.add_typer(index.app, name="index")
app.command()(weights)
app.command("doctor")(doctor)
app.command("diagnose", cls=WordLists)(diagnose)
files.add_to(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"pyterrier-optical {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="The version, and nothing else.")
    ] = False,
) -> None:
    pass


Config = Annotated[Path, typer.Argument(help="A YAML file; see research/recipes/ for examples.")]


@app.command()
def distill(
    config: Annotated[Path | None, typer.Argument(help="A YAML file; without one, the defaults.")] = None,
    student: Annotated[str | None, typer.Option(help="Multilingual checkpoint; default: the shipped model.")] = None,
    teacher: Annotated[str | None, typer.Option(help="start (the student's own), package, folder or hub id.")] = None,
    output: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
    bitext: Annotated[Path | None, typer.Option(help="Folder of <source>/<lang>.tsv.gz files.")] = None,
    languages: Annotated[list[str] | None, typer.Option(help="Such as 'sw so'; default: CONFIG's, or all.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint of the output folder.")] = True,
) -> None:
    """Distils a checkpoint from bitext, as CONFIG and the options say; under `accelerate launch` on several GPUs."""
    from pyterrier_optical.distill import distill as run
    from pyterrier_optical.distill.overrides import configured

    given: dict[str, Any] = {
        "student": student,
        "teacher": teacher,
        "output": output,
        "bitext": bitext,
        "languages": words(languages),
    }
    checkpoint = run(configured(config, **given), resume=resume)
    if os.environ.get("RANK", "0") == "0":  # of several processes, the one that wrote it
        typer.echo(f"The checkpoint is in {checkpoint}")


@app.command()
def start(config: Config) -> None:
    """Makes and saves the student of CONFIG as it is before training, centred and tuned."""
    from pyterrier_optical.distill import DistillConfig, load_bitext, load_pair
    from pyterrier_optical.distill.config import OWN_START
    from pyterrier_optical.distill.student import start_folder

    settings = DistillConfig.from_yaml(config)
    if settings.teacher != OWN_START:
        raise OpticalError(
            f"A start is made for 'teacher: {OWN_START}' only, not for {settings.teacher!r}: use distill."
        )
    evaluation, training = settings.evaluation, settings.training
    bitext = load_bitext(settings.bitext, heldout_pairs=evaluation.heldout_pairs, seed=training.seed)
    typer.echo(str(bitext.report))
    load_pair(settings, bitext)
    typer.echo(f"The start is in {start_folder(settings)}")


@app.command()
def lexicon(config: Config) -> None:
    """Makes the translator's lexicon from the bitext of CONFIG: P(English term | word)."""
    from pyterrier_optical.distill import DistillConfig, make_lexicon

    typer.echo(f"The lexicon is in {make_lexicon(DistillConfig.from_yaml(config))}")


@app.command()
def export(
    output: Annotated[Path, typer.Argument(help="A new folder.")],
    model: Model = None,
    compact: Annotated[bool, typer.Option(help="Word embeddings in 4 bits, linear layers in 8.")] = False,
) -> None:
    """Writes a checkpoint that sentence_transformers.MultiVectorEncoder loads by itself, or a compact one."""
    from pyterrier_optical.checkpoint.export import export as run

    typer.echo(f"The checkpoint is in {run(output, model, compact=compact)}")


@app.command(cls=WordLists)
def demo(
    dataset: Annotated[str, typer.Option(help="sample (inside the package) or mtop.")] = "sample",
    languages: Annotated[list[str] | None, typer.Option(help="Query languages, such as 'hi th'; default: all.")] = None,
    output: Annotated[Path, typer.Option(help="Folder for tables, plot and index.")] = Path("output"),
    model: Model = None,
    engine: Engine = "auto",
    baselines: With = None,
) -> None:
    """Compares first stage, baselines and OpticalReranker: a pt.Experiment table per language, and a plot."""
    from pyterrier_optical.experiment import run_demo

    options = {"model": model, "engine": engine, "baselines": words(baselines) or ()}
    with writing(output, "--output"):
        run_demo(dataset, words(languages), output=output, **options, echo=typer.echo)


@app.command(cls=WordLists)
def evaluate(
    model: Model = None,
    datasets: Annotated[list[str] | None, typer.Option(help="Such as mtop/hi/dev/split; default: ten.")] = None,
    device: Device = None,
    engine: Engine = "auto",
    teacher: Annotated[str | None, typer.Option(help="Package, checkpoint folder or hub id; default: MiniLM.")] = None,
) -> None:
    """Ranks every document for every query, by the model, its English teacher and BM25: a Markdown table."""
    from pyterrier_optical.experiment.evaluation import DATASETS, TEACHER
    from pyterrier_optical.experiment.evaluation import evaluate as run
    from pyterrier_optical.experiment.report import markdown_table

    notes = partial(typer.echo, err=True)
    options: dict[str, Any] = {"teacher": teacher or TEACHER, "device": device, "engine": engine, "echo": notes}
    table = run(model, words(datasets) or DATASETS, **options)
    typer.echo(markdown_table(table.map(lambda value: f"{value:.3f}" if isinstance(value, float) else value)))


def main() -> None:
    """Runs the `pyterrier-optical` command."""
    run(app)


def run(app: typer.Typer) -> None:
    """Runs a command; a user's mistake is one line on stderr and exit status 2, never a traceback."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    for noisy in ("httpx", "httpcore", "sentence_transformers", "transformers", "datasets"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    try:
        app()
    except OpticalError as error:
        typer.echo(f"pyterrier-optical: {error}", err=True)
        sys.exit(2)
