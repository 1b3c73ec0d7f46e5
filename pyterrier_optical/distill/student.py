"""The student: any multilingual checkpoint with its own tokenizer, or a transplant of the teacher."""

import json
import logging
from pathlib import Path

import torch

from pyterrier_optical.checkpoints import CHECKPOINT_FILE, load_encoder, read_checkpoint_info
from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.distill.saving import save_model
from pyterrier_optical.distill.sources import Bitext
from pyterrier_optical.distill.teacher import load_teacher
from pyterrier_optical.distill.transplanting import transplant
from pyterrier_optical.distill.widening import with_width_of

logger = logging.getLogger(__name__)


def load_student(config: DistillConfig, teacher, bitext: Bitext):
    """Builds or loads the student.

    One whose width differs from the teacher's gets a dense layer to the teacher's, to be learnt (see `with_width_of`).

    Args:
        config: The run's configuration.
        teacher: The loaded teacher.
        bitext: Its training pairs align a transplant, and its English fits a dense layer.

    Returns:
        A `MultiVectorEncoder`.
    """
    if config.student != "transplant":
        # A GPU would keep, and train in, the precision of the file.
        student = load_encoder(expand(config.student), dtype="float32")
        return with_width_of(teacher, student, _english(bitext))
    folder = Path(expand(config.output)) / "start"
    settings = config.to_dict()
    options = {name: value for name, value in settings["transplant"].items() if value is not None}
    recipe = json.loads(json.dumps({"teacher": config.teacher, "bitext": settings["bitext"], "options": options}))
    pairs = bitext.digest()
    found = (read_checkpoint_info(folder) or {}) if (folder / CHECKPOINT_FILE).is_file() else {}
    # Earlier versions did not say which pairs a start was made of.
    if found.get("recipe") == recipe and found.get("pairs", pairs) == pairs:
        logger.info("using the transplant in %s", folder)
        return load_encoder(folder, dtype="float32")
    body = load_teacher(expand(config.transplant.body)) if config.transplant.body else teacher
    made = transplant(body, bitext.pairs(), config.transplant)
    logger.info("transplant: %s", made.report)
    save_model(
        with_width_of(teacher, made.model, _english(bitext)),
        folder,
        {
            "kind": "transplant",
            "teacher_rows": made.report["teacher_rows"],
            "recipe": recipe,
            "pairs": pairs,
            "report": made.report,
        },
    )
    return load_encoder(folder, dtype="float32")


def teacher_rows(config: DistillConfig) -> int:
    """How many of the student's embedding rows are those of an English BERT; 0 for one with its own vocabulary."""
    folder = Path(expand(config.output)) / "start" if config.student == "transplant" else Path(expand(config.student))
    info = read_checkpoint_info(folder) if folder.is_dir() else None
    return int((info or {}).get("teacher_rows", 0))


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
