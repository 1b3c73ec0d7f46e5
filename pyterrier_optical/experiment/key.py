"""What the values of an experiment depend on, as one short text: other code or another model has another one."""

import hashlib
import json
import os
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def experiment_key(**facts) -> str:
    """Eight characters that change with this package's code and data, and with any of the facts.

    Args:
        **facts: What JSON can hold.

    Example:
        >>> experiment_key(split="dev") == experiment_key(split="test")
        False
    """
    text = json.dumps([_package(), facts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def identity(model) -> str | None:
    """A text that changes when a model does; None for a loaded model, which nobody can tell from another.

    Args:
        model: As for `pyterrier_optical.OpticalReranker`, or the path of anything else.
    """
    if model is None:
        return "shipped"
    if not isinstance(model, (str, os.PathLike)):
        return None
    place = Path(model).expanduser()
    files = sorted(path for path in [place, *place.rglob("*")] if path.is_file())
    stats = ((path, path.stat()) for path in files)
    return json.dumps([str(model), [(str(path), stat.st_size, stat.st_mtime_ns) for path, stat in stats]])


@cache
def _package() -> str:
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix == ".py":
            digest.update(path.read_bytes())
        elif path.is_file() and "models" in path.parts:
            digest.update(f"{path.name} {path.stat().st_size}".encode())
    return digest.hexdigest()
