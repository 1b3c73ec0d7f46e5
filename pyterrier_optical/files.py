"""Files that are written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """A place beside a file, which takes the file's name when the body ends well and is gone when it does not.

    Args:
        path: The file; its folder exists.

    Yields:
        Where to write to.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "tables.md"
        >>> with whole(file) as partial:
        ...     _ = partial.write_text("| AP |")
        >>> file.read_text()
        '| AP |'
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
