"""The commands for those who do not write Python: files in, files out."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import pyterrier as pt
import typer

from pyterrier_optical.base.files import whole, writing
from pyterrier_optical.cli.options import Device, Model
from pyterrier_optical.datasets.document_files import ENDINGS, corpus_of
from pyterrier_optical.datasets.query_files import read_queries
from pyterrier_optical.datasets.reading import reading
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.retrieve.bm25.corpus import Corpus

# Queries that are reranked at once; each of their documents is encoded once.
_GROUP = 256

Topics = Annotated[str, typer.Option(help="Queries, a file of qid<TAB>query.")]


def rerank(
    topics: Topics,
    run: Annotated[str, typer.Option(help="What to rerank, a run in TREC's format.")],
    output: Annotated[Path, typer.Option(help="The new run, in TREC's format.")],
    docs: Annotated[
        list[str] | None,
        typer.Option(help=f"A file of documents ({', '.join(ENDINGS)}) or a data set; may be given again."),
    ] = None,
    index: Annotated[
        Path | None, typer.Option(help="An OpticalIndex that has the documents, in place of docs.")
    ] = None,
    depth: Annotated[int, typer.Option(min=1, help="Documents of each query, the first ones.")] = 100,
    model: Model = None,
    gloss: Annotated[float | None, typer.Option(help="The gloss's share of a score; 0: none.")] = None,
    device: Device = None,
    dtype: Annotated[str | None, typer.Option(help="float32, float16, bfloat16 or int8.")] = None,
    tag: Annotated[str, typer.Option(help="The name of the run.")] = "optical",
) -> None:
    """Reranks a run of any search engine: queries, a run and documents in files, a run out."""
    if bool(docs) == (index is not None):
        raise OpticalError("Give either --docs, files of documents, or --index, an index of token vectors.")
    if tag.split() != [tag]:
        raise OpticalError(f"--tag {shown(tag)} is not one word, as a run's name must be: write it without spaces.")
    candidates = _candidates(run, read_queries(topics).drop_duplicates(), depth)
    options = {} if gloss is None else {"gloss": gloss}
    if index is not None:
        from pyterrier_optical import OpticalIndex

        reranker = OpticalIndex(index, model, device=device, dtype=dtype).reranker(**options)
    else:
        from pyterrier_optical import OpticalReranker

        reranker = OpticalReranker(model, device=device, dtype=dtype, **options)
        candidates = candidates.merge(_texts(docs or [], candidates["docno"]), on="docno", how="left")
    qids = candidates["qid"].unique()
    with writing(output, "--output"), whole(output) as partial:
        for start in range(0, len(qids), _GROUP):
            group = candidates[candidates["qid"].isin(qids[start : start + _GROUP])]
            ranked = reranker(group).sort_values(["qid", "rank"])
            pt.io.write_results(ranked, str(partial), run_name=tag, append=start > 0)
    typer.echo(f"The run of {len(qids):,} queries and {len(candidates):,} documents is in {output}")


def translate(
    topics: Topics,
    terms: Annotated[
        str | None, typer.Option(help="The terms of your index, a file of term<TAB>number of documents.")
    ] = None,
    index: Annotated[Path | None, typer.Option(help="An index that bm25() or Terrier made, in place of terms.")] = None,
    syntax: Annotated[str, typer.Option(help="lucene, opensearch or terrier.")] = "lucene",
    field: Annotated[str | None, typer.Option(help="The field that the engine looks in.")] = None,
    lang: Annotated[str | None, typer.Option(help="Code of the queries' language; default: guessed.")] = None,
    max_df: Annotated[
        float | None, typer.Option(help="Largest share of the documents that a translation may be in; default: 0.2.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="A file; default: standard output.")] = None,
    model: Model = None,
) -> None:
    """Translates queries to weighted terms in the syntax of your search engine: lines of qid<TAB>query."""
    from pyterrier_optical import OpticalTranslator
    from pyterrier_optical.translate.syntax import SYNTAXES

    if syntax not in SYNTAXES:
        raise OpticalError(f"Unknown syntax {shown(syntax)}: choose {', '.join(SYNTAXES)}.")
    if (terms is None) == (index is None):
        raise OpticalError("Give either --terms, a file of the terms of your index, or --index, an index.")
    queries = read_queries(topics).drop_duplicates()
    options = {} if max_df is None else {"max_df": max_df}
    targets = _opened(index) if index else _frequencies(str(terms))
    translator = OpticalTranslator(targets, model, lang=lang, gloss=False, **options)
    found = translator(queries)
    rows = zip(found["qid"], found["query_toks"], strict=True)
    lines = [f"{qid}\t{SYNTAXES[syntax](weights, field)}" for qid, weights in rows]
    if output is None:
        typer.echo("\n".join(lines))
        return
    with writing(output, "--output"), whole(output) as partial:
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    typer.echo(f"{len(lines):,} queries are in {output}")


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command()(rerank)
    app.command()(translate)


def _candidates(path: str, queries: pd.DataFrame, depth: int) -> pd.DataFrame:
    """The first documents of each query of a run, with the queries."""
    with reading(path, "a run in TREC's format", "give lines of 'qid Q0 docno rank score tag'"):
        run = pt.io.read_results(path)
        if run[["qid", "docno", "score"]].isna().any(axis=None) or not len(run):
            raise ValueError("a line has less than six words" if len(run) else "it is empty")
    twice = run[run.duplicated(["qid", "docno"])]
    if len(twice):
        qid, docno = twice[["qid", "docno"]].iloc[0]
        raise OpticalError(f"The run has the document {shown(docno, 40)} twice for the qid {shown(qid, 40)}: keep one.")
    run = pt.model.add_ranks(run[["qid", "docno", "score"]])
    unknown = run[~run["qid"].isin(queries["qid"])]
    if len(unknown):
        qid = unknown["qid"].iloc[0]
        raise OpticalError(f"The run has the qid {shown(qid, 40)}, which has no query: give the topics of this run.")
    return run[run["rank"] < depth].merge(queries, on="qid").sort_values(["qid", "rank"], ignore_index=True)


def _texts(names: list[str], wanted: pd.Series) -> pd.DataFrame:
    """The documents that are wanted; all others are passed over as they are read."""
    missing = set(wanted)
    found = []
    for docno, text in Corpus(corpus_of(names)):
        if docno in missing:
            missing.remove(docno)
            found.append({"docno": docno, "text": text})
    if missing:
        raise OpticalError(
            f"{len(missing):,} documents of the run are in no file of documents, such as {shown(min(missing), 40)}: "
            "give all files."
        )
    return pd.DataFrame(found, columns=["docno", "text"])


def _frequencies(path: str) -> dict[str, int]:
    """Terms and the numbers of documents that they are in."""
    with reading(path, "a file of terms", "give lines of term<TAB>number of documents"):
        with pt.io.autoopen(path, "rt", encoding="utf-8-sig") as lines:
            pairs = [line.rstrip("\r\n").split("\t") for line in lines if line.strip()]
        if not pairs:
            raise ValueError("it is empty")
        return {term: int(number) for term, number in pairs}


def _opened(folder: Path):
    """A retriever over an index of this package, or Terrier's index."""
    from pyterrier_optical import bm25
    from pyterrier_optical.retrieve.bm25.store import INFO_FILE

    if (folder / INFO_FILE).is_file() or not (folder / "data.properties").is_file():
        return bm25(index_path=folder)
    return pt.terrier.Retriever(str(folder))
