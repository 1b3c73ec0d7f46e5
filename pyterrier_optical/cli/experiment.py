"""The `pyterrier-optical experiment` commands."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli.word_lists import WordLists

app = typer.Typer(no_args_is_help=True, help="The experiments that the tables in the documentation come from.")

With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help="Baselines to add: mbert, me5, labse, xlmr (fetched from the model hub), minilm (there whenever it is "
        "installed); mbert=FOLDER for a copy on this machine.",
    ),
]
_Languages = Annotated[list[str] | None, typer.Option(help="Such as 'hi th'; default: all of the report.")]
_Model = Annotated[str | None, typer.Option(help="Checkpoint folder or hub id; default: the shipped model.")]
_Engine = Annotated[str, typer.Option(help="BM25 by auto, terrier or pisa.")]
_Device = Annotated[str | None, typer.Option(help="Torch device; default: what there is.")]
_Split = Annotated[
    str | None, typer.Option(help="MTOP: test or dev; AfriQA: dev, train or test; default: the first of these.")
]
_Reranking = Annotated[bool, typer.Option(help="Also rerank the first stage, which takes most of the time.")]
_Systems = Annotated[
    list[str] | None,
    typer.Option("--system", help="Rerankers of your own, each name=package.module:attribute."),
]
_Output = Annotated[Path, typer.Option(help="Folder for tables, figures and indexes, in a folder of the report's own.")]

_REPORTS = {
    "mtop": "Reports on MTOP: queries in de, es, fr, hi, th and en over English utterances.",
    "xquad-r": "Reports on XQuAD-R: questions in hi, th, de, es over English paragraphs, and English ones over theirs.",
    "afriqa": "Reports on AfriQA: questions in ha, ig, zu, rw over English passages.",
}


def words(values: list[str] | None) -> list[str] | None:
    """Options given once or more often, each a list with spaces or commas, as one list."""
    return " ".join(values or ()).replace(",", " ").split() or None


def _add_report(suite: str, description: str) -> None:
    @app.command(suite, cls=WordLists, help=description)
    def report(
        baselines: With = None,
        languages: _Languages = None,
        split: _Split = None,
        model: _Model = None,
        engine: _Engine = "auto",
        output: _Output = Path("output"),
        device: _Device = None,
        reranking: _Reranking = True,
        systems: _Systems = None,
    ) -> None:
        from pyterrier_optical.experiment.full_report import run_report

        lists: dict[str, Any] = {"baselines": words(baselines) or (), "systems": words(systems) or ()}
        options: dict[str, Any] = {"split": split, "model": model, "engine": engine, "output": output}
        with writing(output, "--output"):
            run_report(suite, words(languages), **lists, **options, device=device, reranking=reranking, echo=typer.echo)


for _suite, _description in _REPORTS.items():
    _add_report(_suite, _description)
