"""An index folder of ours: what it holds, whether it may be reused, how it is replaced in one step."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from pyterrier_optical.errors import OpticalError

#: The file that makes a folder one of ours; only such a folder is ever replaced.
INFO_FILE = "optical_index.json"
TERMS_FILE = "terms.tsv"
FORMAT_VERSION = 1


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
    """

    engine: str
    corpus: str
    num_docs: int
    fields: tuple[str, ...] | None
    lang: str | None
    tokeniser_version: int
    format_version: int = FORMAT_VERSION

    def write(self, folder: Path) -> None:
        """Writes this into ``folder``."""
        from pyterrier_optical import __version__

        record = {**asdict(self), "library_version": __version__}
        (folder / INFO_FILE).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "IndexInfo | None":
        """The info of an index folder; None where there is none, or none that this version understands."""
        try:
            record = json.loads((folder / INFO_FILE).read_text(encoding="utf-8"))
            if record["format_version"] != FORMAT_VERSION:
                return None
            record.pop("library_version", None)
            fields = record.pop("fields")
            return cls(**record, fields=fields if fields is None else tuple(fields))
        except (OSError, ValueError, TypeError, KeyError):
            return None


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
    """Yields a new empty folder beside ``folder``, and removes what is left of it at the end."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.partial")
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def publish(temporary: Path, folder: Path) -> None:
    """Puts a finished folder in the place of ``folder``, which was an index of ours, empty, or not there.

    Raises:
        OpticalError: Something else has come to be there meanwhile.
    """
    check_replaceable(folder)
    if folder.exists():
        old = temporary.with_suffix(".old")
        os.replace(folder, old)
        os.replace(temporary, folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(temporary, folder)


def write_terms(folder: Path, terms: Mapping[str, int]) -> None:
    """Writes document frequencies, most frequent first, as ``term<TAB>frequency`` lines."""
    with open(folder / TERMS_FILE, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{term}\t{terms[term]}\n" for term in sorted(terms, key=lambda term: (-terms[term], term)))


def read_terms(folder: Path) -> dict[str, int]:
    """The document frequencies that :func:`write_terms` wrote."""
    with open(folder / TERMS_FILE, encoding="utf-8", newline="\n") as file:
        return {term: int(frequency) for term, _, frequency in (line.rstrip("\n").partition("\t") for line in file)}
