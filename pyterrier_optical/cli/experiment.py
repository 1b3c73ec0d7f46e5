"""The `pyterrier-optical experiment` commands."""

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from pyterrier_optical.base.files import writing
from pyterrier_optical.cli.word_lists import WordLists

app = typer.Typer(no_args_is_help=True, help="The experiments that the tables in the documentation come from.")

_FIRST_STAGES = (
    "One of these, each time; default: all. BM25, query as it is; nearest terms; lexicon; mixture; OpticalRetriever; "
    "OpticalRetriever with gloss; fusion; human translation."
)
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


@app.command("first-stage")
def first_stage(
    datasets: Annotated[list[str] | None, typer.Option(help="Such as afriqa/ha/dev; default: ten.")] = None,
    systems: Annotated[list[str] | None, typer.Option(help=_FIRST_STAGES)] = None,
    model: Annotated[str | None, typer.Option(help="Checkpoint folder or hub id; default: the shipped model.")] = None,
    lexicon: Annotated[Path | None, typer.Option(help="Lexicon file; default: the shipped lexicon.")] = None,
    engine: Annotated[str, typer.Option(help="BM25 by auto, terrier or pisa.")] = "auto",
    output: Annotated[Path | None, typer.Option(help="Folder for tables and indexes; default: print only.")] = None,
) -> None:
    """Compares what finds documents for a query that no one translated: a table per language, and summaries."""
    from pyterrier_optical.experiment.first_stage import first_stage_experiment

    options: dict[str, Any] = {"model": model, "lexicon": lexicon, "engine": engine, "output": output}
    with _writing(output):
        first_stage_experiment(words(datasets), systems=systems, **options, echo=typer.echo)


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
        with _writing(output):
            run_report(suite, words(languages), **lists, **options, device=device, reranking=reranking, echo=typer.echo)


for _suite, _description in _REPORTS.items():
    _add_report(_suite, _description)


def _writing(output: Path | None):
    """One sentence where the output, if the user named one, cannot be written."""
    return nullcontext() if output is None else writing(output, "--output")


@app.command("alignments")
def alignments(
    pairs: Annotated[Path | None, typer.Option(help="A file of ENGLISH<TAB>TRANSLATION lines; default: three.")] = None,
    model: _Model = None,
    teacher: Annotated[str | None, typer.Option(help="Its folder, hub id or package; default: the model.")] = None,
    output: Annotated[Path, typer.Option(help="The picture, a PNG file.")] = Path("alignments.png"),
) -> None:
    """Draws which of the teacher's words optimal transport gives to each word of a translation."""
    from pyterrier_optical.distill.data.bitext import read_pairs
    from pyterrier_optical.experiment.alignments import PAIRS, alignment_figure

    chosen = PAIRS if pairs is None else list(read_pairs(pairs))
    with _writing(output):
        typer.echo(f"written: {alignment_figure(chosen, output, model=model, teacher=teacher)}")
