"""`pt_meta.json`: what an index is and which parts it has; replacing this one file is what changes an index."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.index.settings import IndexSettings

META_FILE = "pt_meta.json"
ARTIFACT_TYPE = "token_index"
ARTIFACT_FORMAT = "optical"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class ShardEntry:
    """A shard: the part's name, and its documents and vectors."""

    name: str
    documents: int
    tokens: int


@dataclass(frozen=True)
class IndexMeta:
    """One state of an index.

    Args:
        generation: The number of the change that made this state, from 0.
        settings: What the documents have in common.
        model_part: The part with the vectors that the models give a probe.
        shards: All shards, in the order of the documents.
        docnos: The parts that name the documents, each with the number of documents that it names.
        deleted: The part with the positions of deleted documents, and their number; None where there are none.
    """

    generation: int
    settings: IndexSettings
    model_part: str
    shards: tuple[ShardEntry, ...]
    docnos: tuple[tuple[str, int], ...]
    deleted: tuple[str, int] | None = None

    @property
    def documents(self) -> int:
        """The number of documents, deleted ones included."""
        return sum(shard.documents for shard in self.shards)

    @property
    def tokens(self) -> int:
        """The number of vectors, those of deleted documents included."""
        return sum(shard.tokens for shard in self.shards)

    def parts(self) -> Iterator[str]:
        """The names of all parts."""
        yield self.model_part
        yield from (shard.name for shard in self.shards)
        yield from (name for name, _ in self.docnos)
        if self.deleted:
            yield self.deleted[0]

    def write(self, folder: Path) -> None:
        """Makes this the state of the index in ``folder``, in one step."""
        head = {"type": ARTIFACT_TYPE, "format": ARTIFACT_FORMAT, "package_hint": "pyterrier-optical"}
        counts = {"num_docs": self.documents - (self.deleted[1] if self.deleted else 0), "num_tokens": self.tokens}
        record = {**head, "format_version": FORMAT_VERSION, **counts, **asdict(self)}
        with whole(folder / META_FILE) as partial, partial.open("w", encoding="utf-8", newline="\n") as file:
            json.dump(record, file, indent=1, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def read_meta(folder: Path) -> IndexMeta:
    """The state of an index.

    Raises:
        OpticalError: The folder holds no finished index, one of another kind or of a newer format, or the file is
            damaged.
    """
    path = folder / META_FILE
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        kind, version = (record.get("type"), record.get("format")), record.get("format_version")
    except FileNotFoundError as error:
        raise OpticalError(
            f"'{folder}' holds no finished index: make it with OpticalIndex(path).indexer().index(documents), which "
            "goes on where it was interrupted."
        ) from error
    except (OSError, ValueError, AttributeError) as error:
        raise _damaged(path) from error
    if kind != (ARTIFACT_TYPE, ARTIFACT_FORMAT):
        raise OpticalError(
            f"'{folder}' is an artifact of another kind ({kind[0]}, {kind[1]}): give the path of an index."
        )
    if not isinstance(version, int) or version > FORMAT_VERSION:
        raise OpticalError(
            f"The index '{folder}' has format {version} and this version reads up to {FORMAT_VERSION}: upgrade "
            "pyterrier_optical."
        )
    try:
        meta = IndexMeta(
            generation=int(record["generation"]),
            settings=IndexSettings.from_record(record["settings"]),
            model_part=record["model_part"],
            shards=tuple(ShardEntry(**entry) for entry in record["shards"]),
            docnos=tuple((name, int(count)) for name, count in record["docnos"]),
            deleted=record["deleted"] and tuple(record["deleted"]),
        )
        if meta.documents != sum(count for _, count in meta.docnos) or any("/" in name for name in meta.parts()):
            raise ValueError("the counts differ")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(path) from error
    return meta


def next_generation(meta: IndexMeta, **changes) -> IndexMeta:
    """The state that a change makes of another."""
    return replace(meta, generation=meta.generation + 1, **changes)


def _damaged(path: Path) -> OpticalError:
    return OpticalError(
        f"The file '{path}' is damaged: delete the folder, and fetch the index or index the documents again."
    )
