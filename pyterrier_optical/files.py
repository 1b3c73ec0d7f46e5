"""Files that are written whole or not at all, and folders that cannot be written to."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from pyterrier_optical.errors import OpticalError, shown

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG}
# With less room than this, whatever failed to write failed for want of it: some libraries do not raise OSError.
_NO_ROOM = 1 << 20


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


@contextmanager
def writing_to(folder: str | os.PathLike) -> Iterator[Path]:
    """Makes a folder and tries it before its body works for hours, and says what is wrong when it cannot be written to.

    Args:
        folder: Where the body writes.

    Yields:
        The folder.

    Raises:
        OpticalError: The folder cannot be made or written to, or there is no more room on its disk.

    Example:
        >>> with writing_to(tempfile.mkdtemp()) as folder:
        ...     _ = (folder / "log").write_text("done")
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise _cannot_write(folder, error.strerror) from error
    try:
        yield folder
    except OSError as error:
        named = error.filename if isinstance(error.filename, (str, bytes)) else folder / "a file"
        inside = folder.absolute() in Path(os.fsdecode(named)).absolute().parents
        if error.errno in _FULL or (error.errno in _REFUSED and inside):
            raise _cannot_write(folder, error.strerror) from error
        raise
    except Exception as error:
        if not isinstance(error, OpticalError) and shutil.disk_usage(folder).free < _NO_ROOM:
            raise _cannot_write(folder, os.strerror(errno.ENOSPC)) from error
        raise


def _cannot_write(folder: Path, reason: str | None) -> OpticalError:
    return OpticalError(
        f"Cannot write to the folder {shown(str(folder))} ({reason}): make room there, or name another as 'output'."
    )
