"""Runs a job in a process of its own that is killed at its n-th file operation, so that a failure can be repeated.

The operations are those of Python's audit events that change a folder. What a library writes by itself (safetensors,
PyTorch, Java) lies between two of them: where the n-th operation comes after such a write, the kill may be one in the
midst of it, and cuts the file that was written last.
"""

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pyterrier_optical.errors import OpticalError

_CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.symlink", "os.link"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_SECONDS = 300
_PATHS = [str(Path(__file__).parent), str(Path(__file__).parents[1])]


def contents(folder: Path) -> dict[str, str]:
    """The hash of each file in a folder, hidden ones too, and its folders: two of the same bytes are equal."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
        if not _is_empty_partial(path)
    }


def _is_empty_partial(path: Path) -> bool:
    """What a process leaves that is killed between giving a file its name and deleting the folder it was made in."""
    return path.name.endswith(".partial") and path.is_dir() and not any(path.iterdir())


@dataclass(frozen=True)
class Job:
    """Work on a folder.

    Args:
        run: Does it, in another process; a function of a module.
        before: Makes what is in the folder before; the folder is new and empty, and what the job reads may lie beside.
        view: What a reader finds; raises `OpticalError` where there is nothing.
        state: What is to be the same in the end, whether or not the job was killed on the way.
        same: Compares two states.
        preload: Modules that the process has imported already.
    """

    run: Callable[[Path], None]
    before: Callable[[Path], None]
    view: Callable[[Path], object]
    state: Callable[[Path], object] = contents
    same: Callable[[object, object], bool] = lambda one, other: one == other


def check_kills(job: Job, place: Path, points: int, seed: int, moments: int = 0) -> dict[str, int]:
    """Kills a job at random operations, one a run, and at random moments; after each, runs it again to its end.

    Returns:
        The number of operations, and of kills by what a reader found after them.
    """
    rng, folder = random.Random(seed), place / "run"
    start = place / "start"
    folder.mkdir()
    job.before(folder)
    os.rename(folder, start)
    before = _viewed(job, start)

    shutil.copytree(start, folder, symlinks=True)
    began = time.monotonic()
    code, operations = _run(job, folder)
    assert code == 0, "the job fails without a kill"
    seconds = time.monotonic() - began
    expected, after = job.state(folder), _viewed(job, folder)
    assert after is not None and not _left(folder)
    found = {"operations": len(operations), "before": 0, "after": 0}
    wanted = rng.sample(range(1, len(operations) + 1), min(points, len(operations))) + [None] * moments
    for nth in wanted:
        shutil.rmtree(folder)
        shutil.copytree(start, folder, symlinks=True)
        tear = rng.random() < 0.5
        at = f"seed {seed}, operation {nth} of {len(operations)}: {operations[nth - 1] if nth else 'a moment'}, {tear=}"
        code, _ = _run(job, folder, nth, tear, rng.uniform(0, seconds) if nth is None else None)
        assert code == -signal.SIGKILL or nth is None, at
        shutil.copytree(folder, place / "copy", symlinks=True)
        viewed = _viewed(job, place / "copy")
        shutil.rmtree(place / "copy")
        assert viewed in (before, after), f"{at}: {viewed}"
        found["after" if viewed == after else "before"] += 1
        code, _ = _run(job, folder)
        assert code == 0, f"{at}: the job fails after that kill"
        if viewed == after:  # there may have been nothing left to do
            for name in _left(folder):
                shutil.rmtree(folder / name)
        state = job.state(folder)
        assert job.same(state, expected), f"{at}: {_difference(state, expected)}"
        assert not _left(folder), f"{at}: {_left(folder)}"
    return found


def _viewed(job: Job, folder: Path):
    try:
        return job.view(folder)
    except OpticalError as error:
        assert "\n" not in str(error)
        return None


def _difference(state, expected):
    return sorted(set(state.items()) ^ set(expected.items())) if isinstance(state, dict) else (state, expected)


def _left(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob(".*") if not _is_empty_partial(path)]


def _run(job: Job, folder: Path, nth: int | None = None, tear: bool = False, moment: float | None = None):
    """The exit status, and the operations of a run that came to its end."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["kill_jobs"])
    os.environ["PYTHONPATH"] = os.pathsep.join([*_PATHS, os.environ.get("PYTHONPATH", "")])
    record = folder.parent / "operations.json"
    record.unlink(missing_ok=True)
    process = context.Process(target=_child, args=(job.run, folder, nth, tear, record))
    process.start()
    if moment is not None:
        process.join(moment)
        process.kill()
    process.join(_SECONDS)
    if process.exitcode is None:
        process.kill()
        raise AssertionError("the job hangs")
    return process.exitcode, json.loads(record.read_text()) if record.exists() else []


def _child(run, folder: Path, nth: int | None, tear: bool, record: Path) -> None:
    log = os.open(record.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    watch = _Watch(folder, nth, tear)
    sys.addaudithook(watch)
    run(folder)
    watch.folder = "\0"
    record.write_text(json.dumps(watch.operations))


class _Watch:
    """An audit hook that counts the operations in a folder, and kills the process at one of them."""

    def __init__(self, folder: Path, nth: int | None, tear: bool):
        self.folder, self.nth, self.tear = str(folder), nth, tear
        self.operations: list[str] = []
        self._time, self._opened = time.time_ns(), ("", 0)

    def __call__(self, event: str, args: tuple) -> None:
        if event == "open":
            path, _, flags = args
            if not isinstance(flags, int) or not flags & _WRITING:
                return
            path = self._inside(path)
        elif event in _CHANGES:
            path = self._inside(args[0], args[-1] if event != "os.rename" else -1)
        elif event == "subprocess.Popen":
            path, flags = "a child", 0
        else:
            return
        if path is None:
            return
        self.operations.append(f"{event} {path}")
        if len(self.operations) == self.nth:
            if self.tear:
                self._tear()
            os.kill(os.getpid(), signal.SIGKILL)
        if event == "open":
            append = flags & os.O_APPEND and os.path.exists(path)
            self._opened = path, os.path.getsize(path) if append else 0
        self._time = time.time_ns()

    def _inside(self, path, folder=-1) -> str | None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return None
        path = os.fsdecode(path)
        if isinstance(folder, int) and folder >= 0 and not os.path.isabs(path):  # relative to a descriptor
            path = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), path)
        path = os.path.abspath(path)
        return path if path.startswith(self.folder + os.sep) else None

    def _tear(self) -> None:
        """Cuts the file that was written since the last operation, as a kill in the midst of that does."""
        files = [path for path in Path(self.folder).rglob("*") if path.is_file() and not path.is_symlink()]
        written = [path for path in files if path.stat().st_mtime_ns > self._time]
        if written:
            last = max(written, key=lambda path: path.stat().st_mtime_ns)
            least = self._opened[1] if str(last) == self._opened[0] else 0
            os.truncate(last, (least + last.stat().st_size) // 2)
