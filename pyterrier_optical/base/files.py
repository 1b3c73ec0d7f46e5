"""Files and folders that are written whole or not at all, and one sentence where they cannot be written."""

import errno
import glob
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from pyterrier_optical.errors import OpticalError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# What only writing can meet, and what may also be met by reading.
_FULL = {getattr(errno, name, None) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS")} - {None}
_CLOSED = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EIO}


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
def whole_folder(folder: Path) -> Iterator[Path]:
    """A place beside a folder, which takes its name when the body ends well and is gone when it does not.

    Args:
        folder: The folder; its parents are made. Everybody may read it then, weights too, which libraries write for the
            owner alone.

    Yields:
        A new folder to write to.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield partial
        partial.chmod(0o755)
        for path in partial.rglob("*.safetensors"):
            path.chmod(0o644)
        replace_folder(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def replace_folder(new: Path, folder: Path) -> None:
    """Gives a finished folder the name of another, which is deleted last: whenever the process dies, one is there.

    Args:
        new: The finished folder, beside the other.
        folder: Its name from now on. What has that name is moved aside, and `restore` finds it there.
    """
    while True:
        if folder.exists():
            os.replace(folder, folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.old"))
        try:
            os.replace(new, folder)
            break
        except OSError:
            if not folder.exists():  # where it is there, a reader has restored it between the two steps
                restore(folder)
                raise
    for path in _moved_aside(folder):
        shutil.rmtree(path, ignore_errors=True)


def restore(folder: Path) -> None:
    """Puts a folder back that `replace_folder` had moved aside when its process died; otherwise does nothing."""
    if not folder.exists() and (old := _moved_aside(folder)):
        with suppress(OSError):  # another process has been quicker, or nothing can be written here
            os.replace(max(old, key=lambda path: path.stat().st_mtime), folder)


@contextmanager
def writing(place: str | os.PathLike, option: str) -> Iterator[None]:
    """One sentence for a full disk, a place that is read-only or no folder, and the like.

    Args:
        place: Where the body writes to.
        option: The argument or option by which a user chose it.

    Raises:
        OpticalError: The body could not write.

    Example:
        >>> with writing("/dev/null/model", "output"):  # doctest: +ELLIPSIS
        ...     Path("/dev/null/model").mkdir()
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: Cannot write to '/dev/null/model' (Not a directory): make room ...
    """
    try:
        yield
    except OpticalError:
        raise
    except Exception as error:  # safetensors and torch have their own kinds for what the system says
        found = _refusal(error, os.path.abspath(place))
        if found is None:
            raise
        where, reason = found
        raise OpticalError(
            f"Cannot write to '{where}' ({reason}): make room there, or choose another {option} that can be written to."
        ) from error


def lock_folder(folder: Path, *, wait: bool = False) -> int | None:
    """A descriptor that holds the lock on a folder until it is closed; None where another process has it, or there are
    no such locks.

    Args:
        folder: The folder.
        wait: Wait until no other process has it.
    """
    if fcntl is None:
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _refusal(error: BaseException | None, place: str) -> tuple[str, str] | None:
    """Where a write failed and why; None when the error is of another kind."""
    while error is not None:
        number, name = (error.errno, error.filename) if isinstance(error, OSError) else (None, None)
        if number is None and (found := re.search(r"\(os error (\d+)\)", str(error))):  # safetensors
            number = int(found[1])
        if number in _FULL or (number in _CLOSED and (name is None or _is_near(os.fsdecode(name), place))):
            return os.fsdecode(name or place), os.strerror(number or 0)
        if "PytorchStreamWriter" in str(error) or "inline_container.cc" in str(error):  # torch.save
            return place, "a file could not be written to its end"
        error = error.__context__
    return None


def _is_near(name: str, place: str) -> bool:
    """Whether a path is the place, inside it, above it or beside it."""
    name = os.path.abspath(name)
    return name.startswith(os.path.dirname(place)) or place.startswith(name)


def _moved_aside(folder: Path) -> list[Path]:
    return list(folder.parent.glob(f".{glob.escape(folder.name)}.{'[0-9a-f]' * 8}.old"))
