"""The student: any multilingual checkpoint with its own tokenizer, or a transplant of the teacher."""

import json
import logging
from pathlib import Path

from pyterrier_optical.checkpoints import CHECKPOINT_FILE, load_encoder, read_checkpoint_info, write_checkpoint_info
from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.distill.saving import save_model
from pyterrier_optical.distill.sources import Bitext
from pyterrier_optical.distill.transplanting import transplant

logger = logging.getLogger(__name__)


def load_student(config: DistillConfig, teacher, bitext: Bitext):
    """Builds or loads the student.

    A checkpoint whose width differs from the teacher's gets a dense layer to the teacher's, to be learnt.

    Args:
        config: The run's configuration.
        teacher: The loaded teacher.
        bitext: Its training pairs align a transplant.

    Returns:
        A `MultiVectorEncoder`.
    """
    if config.student != "transplant":
        return _with_width_of(teacher, load_encoder(expand(config.student)))
    folder = Path(expand(config.output)) / "start"
    recipe = json.loads(
        json.dumps(
            {"teacher": config.teacher, "bitext": config.to_dict()["bitext"], "options": config.to_dict()["transplant"]}
        )
    )
    if (folder / CHECKPOINT_FILE).is_file() and (read_checkpoint_info(folder) or {}).get("recipe") == recipe:
        logger.info("using the transplant in %s", folder)
        return load_encoder(folder)
    made = transplant(teacher, bitext.pairs(), config.transplant)
    logger.info("transplant: %s", made.report)
    save_model(made.model, folder)
    write_checkpoint_info(
        folder,
        {"kind": "transplant", "teacher_rows": made.report["teacher_rows"], "recipe": recipe, "report": made.report},
    )
    return load_encoder(folder)


def teacher_rows(config: DistillConfig) -> int:
    """How many of the student's embedding rows are the teacher's own; 0 for a student with its own vocabulary."""
    folder = Path(expand(config.output)) / "start" if config.student == "transplant" else Path(expand(config.student))
    info = read_checkpoint_info(folder) if folder.is_dir() else None
    return int((info or {}).get("teacher_rows", 0))


def _with_width_of(teacher, student):
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules.dense import Dense
    from torch import nn

    wide, width = student.get_embedding_dimension(), teacher.get_embedding_dimension()
    if wide == width:
        return student
    modules = list(student)
    dense = Dense(wide, width, bias=False, activation_function=nn.Identity(), module_input_name="token_embeddings")
    return MultiVectorEncoder(modules=[modules[0], dense, *modules[1:]], device=str(student.device))
