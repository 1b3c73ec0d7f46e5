"""The `pyterrier-optical experiment` commands."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli.options import Device, Engine, Model, With, words
from pyterrier_optical.cli.word_lists import WordLists

app = typer.Typer(no_args_is_help=True, help="The experiments that the tables in the documentation come from.")

_Languages = Annotated[list[str] | None, typer.Option(help="Such as 'hi th'; default: all of the report.")]
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


def _add_report(suite: str, description: str) -> None:
    @app.command(suite, cls=WordLists, help=description)
    def report(
        baselines: With = None,
        languages: _Languages = None,
        split: _Split = None,
        model: Model = None,
        engine: Engine = "auto",
        output: _Output = Path("output"),
        device: Device = None,
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
