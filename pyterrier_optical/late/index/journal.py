"""The journal of a change that writes shards: which are finished, so that an interrupted change goes on from there."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from pyterrier_optical.base.files import whole
from pyterrier_optical.base.manifest import verify
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.index.meta import ShardEntry
from pyterrier_optical.late.index.shard import MAPPED_FILES

JOURNAL_FILE = "unfinished.jsonl"


@dataclass(frozen=True)
class FinishedShard:
    """A shard that an interrupted change had finished.

    Args:
        entry: The shard.
        digest: The hash of its documents, as `CorpusHash` computes it.
    """

    entry: ShardEntry
    digest: str


class Journal:
    """The finished shards of a change, one a line.

    Args:
        folder: The index.
        change: What the change is; a journal of another change is begun again.

    Attributes:
        finished: The finished shards, whose folders are there.
        resumed: Whether there was a journal of this change.
    """

    def __init__(self, folder: Path, change: dict):
        self.path = folder / JOURNAL_FILE
        self.finished: list[FinishedShard] = []
        lines = _lines(self.path)
        self.resumed = bool(lines) and lines[0] == json.loads(json.dumps(change))
        for line in lines[1:] if self.resumed else ():
            shard = FinishedShard(ShardEntry(**line["entry"]), line["digest"])
            if not _is_whole(folder / shard.entry.name):
                break
            self.finished.append(shard)
        self._change = change
        self.keep(len(self.finished))

    def keep(self, count: int) -> None:
        """Forgets all finished shards but the first ``count``."""
        self.finished = self.finished[:count]
        lines = [self._change, *({"entry": asdict(shard.entry), "digest": shard.digest} for shard in self.finished)]
        with whole(self.path) as partial:
            partial.write_text("".join(map(_line, lines)), encoding="utf-8")

    def add(self, shard: FinishedShard) -> None:
        """Records one more finished shard."""
        self.finished.append(shard)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line({"entry": asdict(shard.entry), "digest": shard.digest}))
            file.flush()
            os.fsync(file.fileno())

    def remove(self) -> None:
        """The change is made."""
        self.path.unlink(missing_ok=True)


def _line(record: dict) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _lines(path: Path) -> list[dict]:
    """The whole lines of a journal; the last one may have been cut off."""
    records = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            records.append(json.loads(line))
    except (OSError, ValueError):
        pass
    return records


def _is_whole(part: Path) -> bool:
    try:
        return verify(part, sizes_only=MAPPED_FILES)
    except OpticalError:
        return False
