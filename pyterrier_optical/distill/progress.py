"""The log of a run: one JSON object a line, appended as things happen."""

import json
import time
from contextlib import suppress
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
        self._end_line()
        event = {"seconds": round(time.monotonic() - self.began, 1), **event}
        with self.path.open("a", encoding="utf-8") as out:
            out.write(json.dumps(event, ensure_ascii=False) + "\n")

    def read(self) -> list[dict]:
        """The events so far; a line that was cut off, as when the process was killed, is left out."""
        events = []
        for line in self.path.read_bytes().splitlines():
            with suppress(ValueError):
                event = json.loads(line)
                events += [event] if isinstance(event, dict) else []
        return events

    def _end_line(self) -> None:
        """Ends a line that a killed process left unfinished, so that the next one starts on a line of its own."""
        with self.path.open("a+b") as file:
            if file.tell():
                file.seek(-1, 2)
                if file.read(1) != b"\n":
                    file.write(b"\n")

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
