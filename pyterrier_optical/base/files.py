"""Files and folders that are written whole or not at all, and one sentence where they cannot be written."""

import errno
import glob
import hashlib
import os
import re
import shutil
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
_CLOSED = {errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENAMETOOLONG, errno.EIO}


@contextmanager
def whole(path: str | os.PathLike) -> Iterator[Path]:
    """A place for a file, which takes the file's name when the body ends well and is gone when it does not.

    Args:
        path: The file; its folder exists.

    Yields:
        Where to write to: a file of the same name in a folder as of `staging`.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "tables.md"
        >>> with whole(file) as partial:
        ...     _ = partial.write_text("| AP |")
        >>> file.read_text()
        '| AP |'
    """
    path = Path(path).absolute()  # '.' has no name
    with staging(path) as folder:
        yield folder / path.name
        os.replace(folder / path.name, path)


@contextmanager
def staging(path: Path) -> Iterator[Path]:
    """A new empty folder beside a file or folder that is made in it; what is left of it at the end is removed.

    The folders of processes that ended without doing so, killed ones for example, are removed first. A living process
    is known by the lock it holds on its folder.

    Args:
        path: The file or folder to be made; the folder that it will be in exists.

    Yields:
        The new folder.
    """
    path = path.absolute()  # '.' has no name
    _remove_abandoned(path)
    while True:
        temporary = _sibling(path, "partial")
        temporary.mkdir()
        lock = lock_folder(temporary, wait=True)
        if temporary.exists():  # another process may have taken it for abandoned before it was locked
            break
        if lock is not None:
            os.close(lock)
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def replace_folder(new: Path, folder: Path) -> None:
    """Gives a finished folder the name of another, which is deleted last: whenever the process dies, one is there.

    Args:
        new: The finished folder, beside the other.
        folder: Its name from now on. What has that name is moved aside, and `restore` finds it there.
    """
    while True:
        with suppress(FileNotFoundError):
            os.replace(folder, _sibling(folder, "old"))
        try:
            os.replace(new, folder)
            break
        except OSError:
            if not folder.exists():  # where it is there, a reader has restored it between the two steps
                restore(folder)
                raise
    for path in _siblings(folder, "old"):
        # Renamed, as `restore` must not find the half of it that is left when the process dies meanwhile.
        doomed = _sibling(folder, "partial")
        with suppress(OSError):  # another process deletes it
            os.replace(path, doomed)
        shutil.rmtree(doomed, ignore_errors=True)


def restore(folder: Path) -> None:
    """Puts a folder back that `replace_folder` had moved aside when its process died; otherwise does nothing."""
    if not folder.exists() and (old := _siblings(folder, "old")):
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
    """A descriptor that holds the lock on a folder until it is closed; None where there are no such locks.

    Args:
        folder: The folder; a link to one has no lock.
        wait: Wait until no other process has it.

    Raises:
        BlockingIOError: Another process has it.
    """
    if fcntl is None:
        return None
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return descriptor


def _refusal(error: BaseException | None, place: str) -> tuple[str, str] | None:
    """Where a write failed and why; None when the error is of another kind."""
    while error is not None:
        number, name = (error.errno, error.filename) if isinstance(error, OSError) else (None, None)
        if number is None and (found := re.search(r"\(os error (\d+)\)", str(error))):  # safetensors
            number = int(found[1])
        near = name is None or _is_near(os.fsdecode(name), place)
        gone = number == errno.ENOENT and name is not None and _is_on_the_way(os.fsdecode(name), place)
        if number in _FULL or (number in _CLOSED and near) or gone:
            return os.fsdecode(name or place), os.strerror(number or 0)
        if "PytorchStreamWriter" in str(error) or "inline_container.cc" in str(error):  # torch.save
            return place, "a file could not be written to its end"
        error = error.__context__
    return None


def _is_near(name: str, place: str) -> bool:
    """Whether a path is the place, inside it, above it or beside it."""
    name = os.path.abspath(name)
    return name.startswith(os.path.dirname(place)) or place.startswith(name)


def _is_on_the_way(name: str, place: str) -> bool:
    """Whether a path is the place, above it, or a folder that `staging` makes for it."""
    name, (folder, last) = os.path.abspath(name), os.path.split(place)
    return f"{place}/".startswith(f"{name}/") or name.startswith(os.path.join(folder, f".{last}."))


def _remove_abandoned(path: Path) -> None:
    for folder in _siblings(path, "partial"):
        with suppress(BlockingIOError):  # its process lives
            lock = lock_folder(folder)
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _sibling(path: Path, kind: str) -> Path:
    return path.with_name(f".{_stem(path)}.{uuid4().hex[:8]}.{kind}")


def _siblings(path: Path, kind: str) -> list[Path]:
    return list(path.parent.glob(f".{glob.escape(_stem(path))}.{'[0-9a-f]' * 8}.{kind}"))


def _stem(path: Path) -> str:
    """The name of a file or folder, cut where there would be no room behind it: a name may have 255 bytes."""
    name = path.name
    if len(os.fsencode(name)) <= 200:
        return name
    return f"{name[:40]}-{hashlib.blake2b(os.fsencode(name), digest_size=8).hexdigest()}"
