"""An index folder of ours: what it holds, whether it may be reused, how it is replaced in one step."""

import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from pyterrier_optical.base import files, manifest
from pyterrier_optical.errors import OpticalError

#: The file that makes a folder one of ours; only such a folder is ever replaced.
INFO_FILE = "optical_index.json"
TERMS_FILE = "terms.tsv"
FORMAT_VERSION = 4  # 3: has a manifest; 4: no postings beside the engine's


@dataclass(frozen=True)
class IndexInfo:
    """What an index was built from; two equal ones are interchangeable.

    Attributes:
        engine: "terrier" or "pisa".
        corpus: Hash of the documents.
        num_docs: Number of documents.
        fields: Indexed fields, or None for the default.
        lang: The documents' language, or None.
        tokeniser_version: Version of the rules in ``tokenise.py``.
        format_version: Version of this folder's layout.
        files: Name and size in bytes of each file of the finished index, no part of what makes two of them equal.
    """

    engine: str
    corpus: str
    num_docs: int
    fields: tuple[str, ...] | None
    lang: str | None
    tokeniser_version: int
    format_version: int = FORMAT_VERSION
    files: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def write(self, folder: Path) -> None:
        """Writes this, and the manifest, into ``folder``, which holds the rest of the index already."""
        from pyterrier_optical import __version__

        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.is_file()}
        record = {**asdict(replace(self, files=sizes)), "library_version": __version__}
        (folder / INFO_FILE).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        manifest.write(folder)

    @classmethod
    def read(cls, folder: Path) -> "IndexInfo | None":
        """The info of an index folder; None where there is none that is whole and that this version understands."""
        try:
            record = json.loads((folder / INFO_FILE).read_text(encoding="utf-8"))
            if record["format_version"] != FORMAT_VERSION:
                return None
            record.pop("library_version", None)
            fields = record.pop("fields")
            info = cls(**record, fields=fields if fields is None else tuple(fields))
            whole = all((folder / name).stat().st_size == size for name, size in info.files.items())
            return info if whole and TERMS_FILE in info.files else None
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None


def fill_standard_streams() -> None:
    """Opens the null device for standard streams that are closed.

    A file that was opened next would take the number of one, and what a library prints would go into that file.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


def is_sound(folder: Path) -> bool:
    """Whether each file of a folder has the bytes that its manifest says; a library that maps other ones may crash.

    The bytes are read once for each state of the folder; what the manifest does not list may come and go.
    """
    try:
        listed = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        facts = [
            (path, status.st_size, status.st_mtime_ns, status.st_ino) for path in listed if (status := path.stat())
        ]
        return _is_sound(folder, tuple(facts))
    except (OSError, OpticalError):
        return False


@lru_cache(maxsize=256)
def _is_sound(folder: Path, state: tuple) -> bool:
    return manifest.verify(folder, others=True)


def check_replaceable(folder: Path) -> None:
    """Refuses a place that holds something else than an index of ours.

    Raises:
        OpticalError: ``folder`` is a file, or a folder with other things in it.
    """
    if folder.is_dir() and ((folder / INFO_FILE).exists() or not any(folder.iterdir())):
        return
    if folder.exists() or folder.is_symlink():
        raise OpticalError(f"'{folder}' exists and is not an index of this package: choose another index_path.")


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """Yields a new empty folder beside ``folder``, and removes what is left of it at the end.

    Args:
        folder: See `pyterrier_optical.base.files.staging`.

    Raises:
        OpticalError: No folder can be made there.
    """
    with ExitStack() as stack:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            temporary = stack.enter_context(files.staging(folder))
        except OSError as error:
            raise OpticalError(
                f"Cannot write an index at '{folder}' ({error.strerror}): choose an index_path that can be written to."
            ) from error
        _hear_interrupts()
        yield temporary


def publish(temporary: Path, folder: Path, info: IndexInfo) -> None:
    """Puts a finished folder in the place of ``folder``, which was an index of ours, empty, or not there.

    When another process has put an equal index there meanwhile, and nothing has damaged it, that one stays.

    Raises:
        OpticalError: Something else has come to be there meanwhile.
    """
    if IndexInfo.read(folder) != info or not is_sound(folder):
        check_replaceable(folder)
        files.replace_folder(temporary, folder)


def _hear_interrupts() -> None:
    """Lets Ctrl-C raise KeyboardInterrupt again; once Java has started, it ends the process with nothing tidied up."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


def write_terms(folder: Path, terms: Mapping[str, int]) -> None:
    """Writes document frequencies, most frequent first, as ``term<TAB>frequency`` lines."""
    with open(folder / TERMS_FILE, "w", encoding="utf-8", newline="\n") as file:
        ordered = sorted(sorted(terms), key=terms.__getitem__, reverse=True)
        file.writelines(f"{term}\t{terms[term]}\n" for term in ordered)


def read_terms(folder: Path) -> dict[str, int]:
    """The document frequencies that :func:`write_terms` wrote."""
    with open(folder / TERMS_FILE, encoding="utf-8", newline="\n") as file:
        return {term: int(frequency) for term, _, frequency in (line.rstrip("\n").partition("\t") for line in file)}
