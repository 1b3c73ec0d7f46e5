"""Options that several commands have."""

from typing import Annotated

import typer

Model = Annotated[str | None, typer.Option(help="Checkpoint folder or hub id; default: the shipped model.")]
Engine = Annotated[str, typer.Option(help="BM25 by auto, terrier or pisa.")]
Device = Annotated[str | None, typer.Option(help="Torch device; default: what there is.")]
With = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        help="Baselines to add: mbert, me5, labse, xlmr (fetched from the model hub), minilm (there whenever it is "
        "installed); mbert=FOLDER for a copy on this machine; any other NAME=FOLDER for a late-interaction "
        "checkpoint.",
    ),
]


def words(values: list[str] | None) -> list[str] | None:
    """Options given once or more often, each a list with spaces or commas, as one list."""
    return " ".join(values or ()).replace(",", " ").split() or None
