"""The log of a run: one JSON object a line, appended as things happen."""

import json
import time
from pathlib import Path


class RunLog:
    """Appends events to a file.

    Args:
        path: A `.jsonl` file; what it holds stays, so a resumed run goes on in the same file.
        enabled: Whether anything is written; of several processes only one should.
    """

    def __init__(self, path: str | Path, *, enabled: bool = True):
        self.path = Path(path)
        self.enabled = enabled
        self.began = time.monotonic()

    def write(self, **event) -> None:
        """Appends one event, with the seconds since this process began."""
        if not self.enabled:
            return
        event = {"seconds": round(time.monotonic() - self.began, 1), **event}
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(event, ensure_ascii=False) + "\n")

    def callback(self):
        """A trainer callback that writes losses and evaluations."""
        from transformers import TrainerCallback

        log = self

        class WriteLog(TrainerCallback):
            def on_log(self, args, state, control, logs=None, **kwargs):
                if logs:
                    kept = {k: round(v, 6) for k, v in logs.items() if isinstance(v, (int, float))}
                    log.write(event="log", step=state.global_step, **kept)

        return WriteLog()
