"""Going on with an interrupted run, and with no other."""

import json
import shutil
from pathlib import Path

from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.distill.sources import Bitext
from pyterrier_optical.distill.training import last_checkpoint
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.files import whole

RECORD = "run.json"
# May change while a run goes on: how long it is, and what is done when it has ended.
FREE = {"steps", "eval_steps", "patience", "keep_start"}


def checkpoint_to_go_on_from(config: DistillConfig, bitext: Bitext, *, resume: bool, main: bool = True) -> Path | None:
    """The last checkpoint of a run; without one, or without `resume`, its folder is made ready for a new run.

    Args:
        config: The run's configuration; its checkpoints lie in `<output>/checkpoints`.
        bitext: What the run learns from.
        resume: Whether to go on; if not, the checkpoints of an earlier run are deleted.
        main: Whether this process is the one that writes.

    Returns:
        A `checkpoint-<step>` folder, or None.

    Raises:
        OpticalError: The checkpoints are of a run with other settings or other pairs.

    Example:
        >>> checkpoint_to_go_on_from(config, bitext, resume=True)  # doctest: +SKIP
        PosixPath('runs/sw/checkpoints/checkpoint-500')
    """
    folder = Path(expand(config.output)) / "checkpoints"
    last = last_checkpoint(folder) if resume else None
    facts = _facts(config, bitext)
    if last is None:
        if main:
            for old in folder.glob("checkpoint-*"):
                shutil.rmtree(old)
            folder.mkdir(parents=True, exist_ok=True)
            with whole(folder / RECORD) as partial:
                partial.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return None
    record = folder / RECORD
    if not record.is_file():  # an earlier version left none
        return last
    found = json.loads(record.read_text(encoding="utf-8"))
    # An option that an earlier version did not know had its default; the loss has those that are named and no others.
    known = [name for name in {**facts, **found} if name in found or name.startswith("loss: ")]
    changed = [name for name in known if found.get(name) != facts.get(name)]
    if changed:
        raise OpticalError(
            f"The checkpoints in '{folder}' are of a run with other settings ({', '.join(changed)}): name another "
            "'output', or begin anew with --no-resume, which deletes them."
        )
    return last


def _facts(config: DistillConfig, bitext: Bitext) -> dict:
    """What a checkpoint depends on, flat, by the names that a user would look for."""
    settings = json.loads(json.dumps(config.to_dict()))
    facts = {name: settings[name] for name in ("teacher", "student")}
    for section in ("bitext", "start", "mix", "loss", "training"):
        facts.update({f"{section}: {name}": value for name, value in settings[section].items() if name not in FREE})
    return {**facts, "the pairs themselves": bitext.digest()}
