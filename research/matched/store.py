"""Where finished runs lie: a folder for each, whole or not there."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from pyterrier_optical.distill.config import expand
from pyterrier_optical.errors import OpticalError, shown
from research.matched.config import MatchedConfig
from research.matched.grid import Run, settings

QUERIES = "queries.csv.gz"


class RunStore:
    """The runs of a comparison on disk, `<output>/runs/<run>/` with `config.json`, `queries.csv.gz` and `log.jsonl`.

    Args:
        config: The comparison's configuration.
    """

    def __init__(self, config: MatchedConfig):
        self.config = config
        self.folder = Path(expand(config.output)) / "runs"

    def is_finished(self, run: Run) -> bool:
        """Whether a run is there.

        Raises:
            OpticalError: It is there with other settings.
        """
        folder = self.folder / str(run)
        if not folder.is_dir():
            return False
        wanted, found = json.loads(self._facts(run)), _read(folder / "config.json")
        for name, value in wanted.items():
            if found.get(name) != value:
                raise OpticalError(
                    f"The run in '{folder}' had other settings ({shown(name)} differs): "
                    "delete the folder, or give another output."
                )
        return True

    @contextmanager
    def writing(self, run: Run) -> Iterator[Path]:
        """A folder to fill, which becomes the run's when the body ends well, and is gone when it does not."""
        partial = self.folder / f".{run}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            yield partial
            shutil.rmtree(partial / "checkpoints", ignore_errors=True)
            (partial / "config.json").write_text(self._facts(run) + "\n", encoding="utf-8")
            os.replace(partial, self.folder / str(run))
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _facts(self, run: Run) -> str:
        return json.dumps(settings(self.config, run), indent=2, ensure_ascii=False)

    def values(self, run: Run) -> pd.DataFrame:
        """The values of a finished run, with columns that say which run it was."""
        frame = pd.read_csv(self.folder / str(run) / QUERIES, dtype={"qid": str, "language": str})
        return frame.assign(start=run.start, objective=run.objective, seed=run.seed)

    @staticmethod
    def write_values(values: pd.DataFrame, folder: Path) -> None:
        """Writes a run's values, as `query_values` gives them, into the folder that `writing` gave."""
        values.to_csv(folder / QUERIES, index=False, float_format="%.6g", compression={"method": "gzip", "mtime": 0})

    def record(self, run: Run, seconds: dict[str, float], results: dict[str, float]) -> None:
        """Appends a line to `runs.jsonl` beside the runs."""
        line = {"run": str(run), "seconds": seconds, "results": results, "config": settings(self.config, run)}
        with (self.folder.parent / "runs.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OpticalError(f"The file '{path}' is damaged: delete its folder and run again.") from error
