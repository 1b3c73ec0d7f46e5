"""The `pyterrier-optical index` commands."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pyterrier_optical.cli.options import Device, Model, words
from pyterrier_optical.datasets.document_files import corpus_of
from pyterrier_optical.errors import OpticalError

app = typer.Typer(no_args_is_help=True, help="Token vectors of documents on disk, an OpticalIndex.")

_Index = Annotated[Path, typer.Argument(metavar="INDEX", help="The folder of the index.")]
_Documents = Annotated[
    list[str],
    typer.Argument(
        metavar="DOCUMENTS...",
        help="A data set's name, such as optical:sample/sw, or files: .jsonl (docno, text and title), .tsv (docno and "
        "text), or either with .gz.",
    ),
]
_OwnModel = Annotated[str | None, typer.Option(help="Checkpoint folder or hub id; default: the one that made it.")]
_DocumentModel = Annotated[str | None, typer.Option(help="A second model for the documents.")]
_Dtype = Annotated[str | None, typer.Option(help="float32, float16, bfloat16 or int8, in which the model computes.")]
_BatchSize = Annotated[int | None, typer.Option(help="Texts per forward pass, at most.")]
_Ray = Annotated[
    str | None,
    typer.Option(help="Encode by Ray: local (processes of this machine), auto, or the address of a cluster."),
]
_Workers = Annotated[int | None, typer.Option(help="Processes of Ray; default: one a GPU, or a CPU core.")]


@app.command()
def build(
    index: _Index,
    documents: _Documents,
    model: Model = None,
    document_model: _DocumentModel = None,
    fields: Annotated[list[str] | None, typer.Option(help="Of a document's text; default: title and text.")] = None,
    precision: Annotated[str, typer.Option(help="Of stored vectors: float16, float32 or int8.")] = "float16",
    max_document_tokens: Annotated[int | None, typer.Option(help="Default: what the model takes.")] = None,
    truncation: Annotated[str, typer.Option(help="Longer documents: warn, error or passages.")] = "warn",
    pool_factor: Annotated[float, typer.Option(help="Vectors of a document for each one that is kept.")] = 1.0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an index that is there.")] = False,
    ray: _Ray = None,
    workers: _Workers = None,
    device: Device = None,
    dtype: _Dtype = None,
    batch_size: _BatchSize = None,
) -> None:
    """Encodes documents to INDEX; interrupted, the same command goes on."""
    opened = _open(index, model, document_model=document_model, device=device, dtype=dtype, batch_size=batch_size)
    indexer = opened.indexer(
        fields=words(fields),
        precision=precision,
        max_document_tokens=max_document_tokens,
        truncation=truncation,
        pool_factor=pool_factor,
        ray=ray,
        workers=workers,
        overwrite=overwrite,
    )
    indexer.index(corpus_of(documents))
    _say(opened)


@app.command()
def append(
    index: _Index,
    documents: _Documents,
    model: _OwnModel = None,
    ray: _Ray = None,
    workers: _Workers = None,
    device: Device = None,
    dtype: _Dtype = None,
    batch_size: _BatchSize = None,
) -> None:
    """Encodes more documents to INDEX, as its own were; interrupted, the same command goes on."""
    opened = _open(index, model, device=device, dtype=dtype, batch_size=batch_size)
    _say(opened.append(corpus_of(documents), ray=ray, workers=workers))


@app.command()
def delete(
    index: _Index,
    docnos: Annotated[list[str] | None, typer.Argument(metavar="DOCNOS...", help="Names of documents.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with one docno a line.")] = None,
) -> None:
    """Takes documents out of INDEX; their vectors stay on the disk until it is compacted."""
    named = list(docnos or ())
    if file is not None:
        try:
            named += filter(None, file.read_text(encoding="utf-8-sig").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise OpticalError(f"Cannot read '{file}' ({error}): give a file with one docno a line.") from error
    if not named:
        raise OpticalError("No docno was given: name the documents to delete, or give a --file of docnos.")
    _say(_open(index).delete(named))


@app.command()
def compact(index: _Index) -> None:
    """Removes the vectors of deleted documents from the disk, and joins small shards."""
    _say(_open(index).compact())


@app.command()
def verify(index: _Index) -> None:
    """Reads every file of INDEX and compares it with its checksum."""
    _open(index).verify()
    typer.echo(f"All files of '{index}' are whole.")


@app.command()
def info(index: _Index) -> None:
    """Says what INDEX is and how large."""
    opened = _open(index)
    settings = opened.meta.settings
    size = sum(path.stat().st_size for path in opened.path.rglob("*") if path.is_file())
    lines = {
        "documents": f"{len(opened):,}",
        "deleted": f"{opened.meta.deleted[1] if opened.meta.deleted else 0:,}",
        "vectors": f"{opened.meta.tokens:,} of width {settings.dim} in {settings.precision}",
        "bytes": f"{size:,}",
        "model": "a loaded model" if settings.loaded else settings.model or "the model inside the package",
        "document model": settings.document_model or "the same",
        "fields": ", ".join(settings.fields or ("title", "text")),
        "longer texts": f"{settings.truncation}, {settings.max_document_tokens or 'the limit of the model'}",
        "pool factor": f"{settings.pool_factor:g}",
    }
    for name, value in lines.items():
        typer.echo(f"{name:<15} {value}")


def _open(folder: Path, model: str | None = None, **options: Any):
    from pyterrier_optical import OpticalIndex

    return OpticalIndex(folder, model, **options)


def _say(index) -> None:
    typer.echo(f"The index '{index.path}' has {len(index):,} documents and {index.meta.tokens:,} vectors.")
