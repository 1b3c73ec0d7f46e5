"""The student before training: any multilingual checkpoint with its own tokenizer, or a transplant of the teacher."""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path

import torch

from pyterrier_optical.checkpoints import CHECKPOINT_FILE, load_encoder, read_checkpoint_info
from pyterrier_optical.compact import plain
from pyterrier_optical.distill.config import OWN_START, DistillConfig, expand
from pyterrier_optical.distill.saving import save_model
from pyterrier_optical.distill.sources import Bitext
from pyterrier_optical.distill.start.centring import centred
from pyterrier_optical.distill.start.english_tuning import tune
from pyterrier_optical.distill.teacher import load_teacher
from pyterrier_optical.distill.transplanting import transplant
from pyterrier_optical.distill.widening import with_width_of
from pyterrier_optical.errors import OpticalError

logger = logging.getLogger(__name__)


def load_pair(config: DistillConfig, bitext: Bitext):
    """Loads student and teacher; what has to be made of a student before training is made once, in `<output>/start`.

    Args:
        config: The run's configuration.
        bitext: Its training pairs align a transplant; its English centres a start and fits a dense layer.

    Returns:
        The student, a `MultiVectorEncoder`, and the frozen teacher.

    Raises:
        OpticalError: A checkpoint or the relevance pairs cannot be read, or several processes are to make one start.
    """
    if config.teacher == OWN_START:
        student = _made_once(config, bitext, lambda: _start_of(config, bitext))
        return student, load_teacher(start_folder(config))
    teacher = load_teacher(expand(config.teacher))
    if config.student == "transplant":
        return _made_once(config, bitext, lambda: _transplant_of(config, teacher, bitext)), teacher
    return with_width_of(teacher, _trainable(config), _english(bitext)), teacher


def start_folder(config: DistillConfig) -> Path:
    """Where the start of a run lies."""
    return Path(expand(config.output)) / "start"


def teacher_rows(config: DistillConfig) -> int:
    """How many of the student's embedding rows are those of an English BERT; 0 for one with its own vocabulary."""
    folder = start_folder(config) if config.student == "transplant" else Path(expand(config.student))
    info = read_checkpoint_info(folder) if folder.is_dir() else None
    return int((info or {}).get("teacher_rows", 0))


def _trainable(config: DistillConfig):
    # A GPU would keep, and train in, the precision of the file.
    student = load_encoder(expand(config.student), dtype="float32")
    plain(student)
    return student


def _start_of(config: DistillConfig, bitext: Bitext):
    """The checkpoint, centred and tuned, and what is to be known of it."""
    from sentence_transformers.base.modules.dense import Dense

    options = config.start
    student = _trainable(config)
    if options.directions is not None and not any(isinstance(module, Dense) for module in student):
        student = centred(
            student,
            _english(bitext),
            directions=options.directions,
            sentences=options.sentences,
            seed=config.training.seed,
        )
    if options.relevance is not None:
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            raise OpticalError(
                "Several processes cannot tune one start: run 'pyterrier-optical start CONFIG' first, in one process."
            )
        tune(student, config)
    return student, {"kind": "start"}


def _transplant_of(config: DistillConfig, teacher, bitext: Bitext):
    body = load_teacher(expand(config.transplant.body)) if config.transplant.body else teacher
    made = transplant(body, bitext.pairs(), config.transplant)
    logger.info("transplant: %s", made.report)
    facts = {"kind": "transplant", "teacher_rows": made.report["teacher_rows"], "report": made.report}
    return with_width_of(teacher, made.model, _english(bitext)), facts


def _made_once(config: DistillConfig, bitext: Bitext, make: Callable):
    folder = start_folder(config)
    recipe, pairs = _recipe(config), bitext.digest()
    found = (read_checkpoint_info(folder) or {}) if (folder / CHECKPOINT_FILE).is_file() else {}
    # Earlier versions did not say which pairs a start was made of.
    if found.get("recipe") == recipe and found.get("pairs", pairs) == pairs:
        logger.info("using the start in %s", folder)
    else:
        model, facts = make()
        save_model(model, folder, {**facts, "recipe": recipe, "pairs": pairs})
    return load_encoder(folder, dtype="float32")


def _recipe(config: DistillConfig) -> dict:
    """What a start depends on, besides the pairs themselves."""
    settings = config.to_dict()
    if config.student == "transplant":
        options = {name: value for name, value in settings["transplant"].items() if value is not None}
        recipe = {"teacher": config.teacher, "bitext": settings["bitext"], "options": options}
    else:
        recipe = {"student": config.student, "start": settings["start"], "bitext": settings["bitext"]}
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
