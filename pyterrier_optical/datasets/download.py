"""Downloads that are checked, remembered by their hash, and never half there."""

from collections.abc import Callable
from pathlib import Path

import pyterrier as pt
import requests

from pyterrier_optical.base.files import whole
from pyterrier_optical.base.manifest import sha256_of
from pyterrier_optical.base.waiting import within
from pyterrier_optical.errors import OpticalError

PATIENCE = 8.0


def fetch(url: str, path: Path, check: Callable[[Path], None], *, patience: float = PATIENCE) -> Path:
    """The file at ``path``, which is downloaded when it is not there.

    The first download writes the file's SHA-256 beside it (``<name>.sha256``, the format of ``sha256sum``); later uses
    and later downloads are compared with it. A file put there by hand has no such record and is taken as it is.

    Args:
        url: Where the file is published.
        path: Where it is kept.
        check: Raises :class:`OpticalError` when a freshly downloaded file is not what it should be.
        patience: Seconds to wait for the server's answer.

    Returns:
        ``path``.

    Raises:
        OpticalError: The server cannot be reached, the file fails ``check``, or its hash is not the recorded one.
    """
    record = path.with_name(f"{path.name}.sha256")
    if path.is_file():
        if record.is_file() and _recorded(record) != sha256_of(path):
            raise OpticalError(f"{path} has changed since it was downloaded: delete it to fetch it again.")
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as partial:
        _stream(url, path, partial, patience)
        check(partial)
        digest = sha256_of(partial)
        if not record.is_file():
            with whole(record) as partial_record:
                partial_record.write_text(f"{digest}  {path.name}\n", encoding="utf-8")
        elif _recorded(record) != digest:
            raise OpticalError(f"{url} now gives another file than it did first: delete {record} to accept it.")
    return path


def _stream(url: str, path: Path, partial: Path, patience: float) -> None:
    try:
        answer = within(patience, lambda: requests.get(url, stream=True, timeout=(patience, 30)))
        with answer as response, partial.open("wb") as file:
            response.raise_for_status()
            size = int(response.headers.get("content-length", 0)) or None
            with pt.tqdm(desc=path.name, total=size, unit="B", unit_scale=True) as bar:
                for block in response.iter_content(1 << 16):
                    bar.update(file.write(block))
    except (requests.RequestException, TimeoutError) as error:
        reason = type(error).__name__
        raise OpticalError(
            f"Cannot download {url} ({reason}): try again with a network, or put the file at {path} yourself."
        ) from error


def _recorded(record: Path) -> str:
    return record.read_text(encoding="utf-8").split()[0]
