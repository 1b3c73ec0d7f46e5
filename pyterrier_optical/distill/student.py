"""The student before training: a multilingual checkpoint with its own tokenizer, centred and tuned in English."""

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path

import torch

from pyterrier_optical.checkpoint.compact import plain
from pyterrier_optical.checkpoint.content_hash import content_hash
from pyterrier_optical.checkpoint.folder import CHECKPOINT_FILE, SHIPPED_MODEL, load_encoder, read_checkpoint_info
from pyterrier_optical.checkpoint.saving import save_model
from pyterrier_optical.distill.config import OWN_START, DistillConfig, expand, student_checkpoint
from pyterrier_optical.distill.data.sources import Bitext
from pyterrier_optical.distill.start.centring import centred
from pyterrier_optical.distill.start.english_tuning import tune
from pyterrier_optical.distill.teacher import load_teacher
from pyterrier_optical.distill.widening import with_width_of
from pyterrier_optical.errors import OpticalError

logger = logging.getLogger(__name__)


def load_pair(config: DistillConfig, bitext: Bitext):
    """Loads student and teacher; a student that is its own teacher is made once, in `<output>/start`.

    Args:
        config: The run's configuration.
        bitext: Its English centres a start, or fits a dense layer to the teacher's width.

    Returns:
        The student, a `MultiVectorEncoder`, and the frozen teacher.

    Raises:
        OpticalError: A checkpoint or the relevance pairs cannot be read, or several processes are to make one start.
    """
    if config.teacher == OWN_START:
        student = _made_once(config, bitext)
        return student, load_teacher(start_folder(config))
    teacher = load_teacher(expand(config.teacher))
    return with_width_of(teacher, _trainable(config), _english(bitext)), teacher


def start_folder(config: DistillConfig) -> Path:
    """Where the start of a run lies."""
    return Path(expand(config.output)) / "start"


def _trainable(config: DistillConfig):
    # A GPU would keep, and train in, the precision of the file.
    student = load_encoder(student_checkpoint(config), dtype="float32")
    plain(student)
    return student


def _made_once(config: DistillConfig, bitext: Bitext):
    folder = start_folder(config)
    facts = {
        "kind": "start",
        "recipe": _recipe(config),
        "pairs": bitext.digest(),
        "student": content_hash(student_checkpoint(config)),
    }
    found = (read_checkpoint_info(folder) or {}) if (folder / CHECKPOINT_FILE).is_file() else {}
    # An earlier version did not record the content of the student.
    if found.get("kind") == "start" and all(found.get(name, value) == value for name, value in facts.items()):
        logger.info("using the start in %s", folder)
    else:
        tuning = folder.with_name("tuning")
        settings = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:8]
        save_model(_start_of(config, bitext, tuning / settings), folder, facts)
        shutil.rmtree(tuning, ignore_errors=True)
    return load_encoder(folder, dtype="float32")


def _start_of(config: DistillConfig, bitext: Bitext, tuning: Path):
    """The checkpoint, centred and tuned; ``tuning`` takes the checkpoints of that."""
    from sentence_transformers.base.modules.dense import Dense

    options = config.start
    student = _trainable(config)
    # A checkpoint with a projection, such as the one inside the package, is centred already.
    projected = any(isinstance(module, Dense) for module in student)
    if options.dimensions is not None and projected:
        raise OpticalError(
            "The student has a projection of its own, as the model inside the package has: leave 'dimensions' under "
            "'start' out, or name a 'student' without one."
        )
    if options.directions is not None and not projected:
        student = centred(
            student,
            _english(bitext),
            directions=options.directions,
            dimensions=options.dimensions,
            sentences=options.sentences,
            seed=config.training.seed,
        )
    if options.relevance is not None:
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            raise OpticalError(
                "Several processes cannot tune one start: run 'pyterrier-optical start CONFIG' first, in one process."
            )
        tune(student, config, tuning)
    return student


def _recipe(config: DistillConfig) -> dict:
    """What a start depends on, besides the pairs themselves."""
    settings = config.to_dict()
    student = SHIPPED_MODEL.name if config.student is None else config.student
    recipe = {"student": student, "start": settings["start"], "bitext": settings["bitext"]}
    if config.start.relevance is not None:
        path = Path(expand(config.start.relevance))
        recipe["relevance"] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    return json.loads(json.dumps(recipe))


def mix_with_start(student, start: dict, share: float) -> None:
    """Draws all but the word embeddings back towards where they began (see `TrainingConfig.keep_start`).

    Args:
        student: A `MultiVectorEncoder`, changed in place.
        start: Its state before training.
        share: The weight of the start, from 0 to 1.
    """
    if not share:
        return
    mixed = {
        name: value
        if "word_embeddings" in name or not value.is_floating_point()
        else torch.lerp(value, start[name].to(value.device, value.dtype), share)
        for name, value in student.state_dict().items()
    }
    student.load_state_dict(mixed)


def _english(bitext: Bitext) -> list[str]:
    return [english for pairs in bitext.pairs().values() for english, _ in pairs]
