"""One run of the comparison: a start, an objective, and the rows that all share."""

import gc
import time
from itertools import pairwise

import pandas as pd

from pyterrier_optical.distill.data.collator import BitextCollator
from pyterrier_optical.distill.progress import RunLog
from pyterrier_optical.distill.run import prepare_student
from pyterrier_optical.distill.student import mix_with_start
from pyterrier_optical.distill.training import make_trainer, training_arguments
from research.matched.evaluation import query_values
from research.matched.grid import Run, run_config
from research.matched.materials import Materials
from research.matched.names import POOLED, START
from research.matched.objectives import build_objective, objective_options
from research.matched.pooled import with_sentence_vector


def execute(run: Run, materials: Materials, tasks, folder) -> tuple[pd.DataFrame, dict[str, float]]:
    """Trains and measures.

    Args:
        run: Which one.
        materials: What all runs share.
        tasks: What to measure.
        folder: Takes `log.jsonl`.

    Returns:
        The values of `query_values`, and the seconds of training and evaluation: by the clock, and of all CPU cores.
    """
    config = run_config(materials.config, run)
    arguments = training_arguments(
        config,
        output_dir=str(folder / "checkpoints"),
        eval_strategy="no",
        save_strategy="no",
        load_best_model_at_end=False,
        metric_for_best_model=None,
        disable_tqdm=True,
        logging_steps=min(10, config.training.steps),
    )
    student = with_sentence_vector(materials.student(run).to(arguments.device))
    clocks = [_clocks()]
    if run.objective != START:
        _train(run, materials, arguments, student, RunLog(folder / "log.jsonl"))
    clocks.append(_clocks())
    values = query_values(
        student,
        tasks,
        pooled=run.objective in {START, *POOLED},
        bfloat16=arguments.bf16,
        max_document_tokens=materials.config.matched.max_document_tokens,
    )
    clocks.append(_clocks())
    gc.collect()  # a trainer and its model refer to each other
    phases = zip(("training", "evaluation"), pairwise(clocks), strict=True)
    return values, {
        f"{phase}{kind}": round(after[kind] - before[kind], 1) for phase, (before, after) in phases for kind in before
    }


def _clocks() -> dict[str, float]:
    return {"": time.monotonic(), "_cpu": time.process_time()}


def _train(run: Run, materials: Materials, arguments, student, log: RunLog) -> None:
    from transformers import PrinterCallback

    config = run_config(materials.config, run)
    prepare_student(config, student)
    teachers = materials.teachers(run.start)
    loss = build_objective(run.objective, objective_options(materials.config, run.objective), student, teachers)
    before = {name: value.detach().clone() for name, value in student.state_dict().items()}
    trainer = make_trainer(
        arguments,
        student,
        materials.rows(run),
        loss,
        BitextCollator(student, teachers.teacher, config.training.max_tokens, student_english=True),
        callbacks=[log.callback()],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    mix_with_start(student, before, config.training.keep_start)
