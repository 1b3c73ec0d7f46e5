"""Where finished runs lie: a folder for each, whole or not there."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from pyterrier_optical.distill.config import expand
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.experiment.matched.config import MatchedConfig
from pyterrier_optical.experiment.matched.grid import Run, settings


class RunStore:
    """The runs of a comparison on disk, `<output>/runs/<run>/` with `config.json`, `queries.csv` and `log.jsonl`.

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
        wanted = _plain(settings(self.config, run))
        found = _with_defaults(_read(folder / "config.json"), wanted)
        for name, value in wanted.items():
            if found.get(name) != value:
                raise OpticalError(
                    f"The run in '{folder}' had other settings ({name!r} differs): "
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
            facts = json.dumps(_plain(settings(self.config, run)), indent=2, ensure_ascii=False)
            (partial / "config.json").write_text(facts + "\n", encoding="utf-8")
            os.replace(partial, self.folder / str(run))
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def values(self, run: Run) -> pd.DataFrame:
        """The values of a finished run, with columns that say which run it was."""
        frame = pd.read_csv(self.folder / str(run) / "queries.csv", dtype={"qid": str, "language": str})
        return frame.assign(start=run.start, objective=run.objective, seed=run.seed, pairs=str(run.pairs))

    def record(self, run: Run, seconds: dict[str, float], results: dict[str, float]) -> None:
        """Appends a line to `runs.jsonl` beside the runs."""
        line = {"run": str(run), "seconds": seconds, "results": results, "config": settings(self.config, run)}
        with (self.folder.parent / "runs.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _plain(values: dict) -> dict:
    return json.loads(json.dumps(values))


def _read(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OpticalError(f"The file '{path}' is damaged: delete its folder and run again.") from error


def _with_defaults(found: dict, wanted: dict) -> dict:
    """What was stored by a version that knew fewer options, these having had their defaults then."""
    defaults = _plain(MatchedConfig(output="").to_dict())
    filled = {}
    for name, value in found.items():
        if isinstance(value, dict) and isinstance(defaults.get(name), dict) and name in wanted:
            known = {**defaults[name], **value}
            value = {option: known[option] for option in wanted[name] if option in known}
        filled[name] = value
    return filled
