"""Going on with an interrupted run, and with no other."""

import json
import logging
import re
import shutil
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pyterrier_optical.base import manifest
from pyterrier_optical.base.files import whole
from pyterrier_optical.checkpoint.content_hash import content_hash
from pyterrier_optical.checkpoint.folder import module_paths
from pyterrier_optical.distill.config import DistillConfig, expand, student_checkpoint
from pyterrier_optical.distill.data.sources import Bitext
from pyterrier_optical.errors import OpticalError

logger = logging.getLogger(__name__)

RECORD = "run.json"
STATE = "trainer_state.json"
# May change while a run goes on: how long it is, and what is done when it has ended.
FREE = {"steps", "eval_steps", "patience", "keep_start"}


def checkpoint_to_go_on_from(config: DistillConfig, bitext: Bitext, *, resume: bool, main: bool = True) -> Path | None:
    """The last whole checkpoint of a run; without one, or without `resume`, its folder is made ready for a new run.

    A checkpoint that is damaged or was not written to its end is passed over with a warning.

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
            _write(facts, folder / RECORD)
        return None
    record = folder / RECORD
    if not record.is_file():  # an earlier version left none
        return last
    try:
        found = json.loads(record.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("no JSON object")
    except ValueError:
        logger.warning("%s is damaged: whether the settings are those of its checkpoints is not known", record)
        found = facts
        if main:
            _write(facts, record)
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
    itself = content_hash(student_checkpoint(config))
    return {**facts, "the pairs themselves": bitext.digest(), "the student itself": itself}


def seal():
    """A trainer callback that writes a manifest into each checkpoint, the last of its files.

    Returns:
        A `transformers.TrainerCallback`.
    """
    from transformers import TrainerCallback

    class WriteManifest(TrainerCallback):
        def on_save(self, args, state, control, **kwargs):
            if state.is_world_process_zero:
                folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
                # Other processes may still be writing theirs.
                manifest.write(folder, without=[f"rng_state_{i}.pth" for i in range(args.world_size)])

    return WriteManifest()


def last_checkpoint(folder: Path) -> Path | None:
    """The latest whole `checkpoint-<step>` in a folder, or None; a log line names each that is passed over."""
    numbered = {int(found[1]): p for p in folder.glob("checkpoint-*") if (found := re.search(r"-(\d+)$", p.name))}
    for _, checkpoint in sorted(numbered.items(), reverse=True):
        damage = _damage(checkpoint)
        if damage is None:
            return checkpoint
        logger.warning("%s is passed over: %s", checkpoint, damage)
    if numbered:
        logger.warning("no checkpoint in %s is whole: the run begins anew", folder)
    return None


def _damage(checkpoint: Path) -> str | None:
    """Why nothing can go on from a checkpoint as if it had not stopped; None when it can."""
    from safetensors import SafetensorError, safe_open

    try:
        body = Path(module_paths(checkpoint)[0]) / "model*.safetensors"
    except (OpticalError, OSError):
        return "it has no modules.json, as when it was not written to its end"
    for kind in (STATE, "optimizer.pt", "scheduler.pt", "rng_state*.pth", str(body)):
        if not any(checkpoint.glob(kind)):
            return f"it has no {Path(kind).name.replace('*', '')}, as when it was not written to its end"
    try:
        manifest.verify(checkpoint)
        # The rest is for those without a manifest; torch writes zip files, which have checksums.
        json.loads((checkpoint / STATE).read_text(encoding="utf-8"))["global_step"]
        for path in checkpoint.glob("*.pt*"):
            with ZipFile(path) as parts:
                if parts.testzip():
                    return f"{path.name} is damaged"
        for path in checkpoint.glob("**/*.safetensors"):
            with safe_open(path, framework="np"):
                pass
    except OpticalError as error:
        return str(error)
    except (OSError, ValueError, TypeError, KeyError, EOFError, BadZipFile, SafetensorError) as error:
        return f"it is damaged ({type(error).__name__})"
    return None


def _write(facts: dict, record: Path) -> None:
    with whole(record) as partial:
        partial.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
