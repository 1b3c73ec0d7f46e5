"""A distillation run: bitext in, a checkpoint out."""

import logging
from pathlib import Path

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import writing
from pyterrier_optical.checkpoint.saving import check_replaceable, save_model
from pyterrier_optical.datasets.named import named_dataset
from pyterrier_optical.distill.card import write_card, write_curve
from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.distill.data.collator import BitextCollator
from pyterrier_optical.distill.data.sampling import names_without_bitext, sample_rows
from pyterrier_optical.distill.data.sources import Bitext, load_bitext
from pyterrier_optical.distill.loss import OpticalLoss
from pyterrier_optical.distill.progress import RunLog
from pyterrier_optical.distill.resuming import checkpoint_to_go_on_from, seal
from pyterrier_optical.distill.student import load_pair, mix_with_start
from pyterrier_optical.distill.training import freeze_all_but, make_trainer, training_arguments
from pyterrier_optical.errors import OpticalError

logger = logging.getLogger(__name__)


def distill(config: DistillConfig | dict | str | Path, *, resume: bool = True) -> Path:
    """Distils a teacher into a multilingual student by optimal transport.

    Args:
        config: A `DistillConfig`, the same as a dict, or the path of a YAML file.
        resume: Go on from the last checkpoint in the output folder, if there is one; if not, those of an earlier run
            are deleted.

    Returns:
        The folder of the finished checkpoint, `<output>/model`: load it with `OpticalReranker(folder)`.

    Raises:
        OpticalError: If the configuration, the bitext or a checkpoint cannot be used, or the output folder holds
            checkpoints of a run with other settings or cannot be written.

    Example:
        >>> distill({"output": "runs/sw", "bitext": {"files": [{"lang": "sw", "path": "sw.tsv"}]},
        ...          "training": {"steps": 300}})                                          # doctest: +SKIP
        PosixPath('runs/sw/model')
    """
    if isinstance(config, dict):
        config = DistillConfig.from_dict(config)
    elif not isinstance(config, DistillConfig):
        config = DistillConfig.from_yaml(config)
    need("Training", "train", "accelerate", "datasets", "matplotlib")
    output = Path(expand(config.output))
    with writing(output, "output"):
        output.mkdir(parents=True, exist_ok=True)
        return _distilled(config, output, resume)


def _distilled(config: DistillConfig, output: Path, resume: bool) -> Path:
    check_replaceable(output / "model")
    bitext = load_bitext(config.bitext, heldout_pairs=config.evaluation.heldout_pairs, seed=config.training.seed)
    logger.info("bitext\n%s", bitext.report)
    warn_of_idle_weights(config, bitext)
    arguments = training_arguments(config)
    log = RunLog(output / "log.jsonl", enabled=arguments.process_index == 0)
    with arguments.main_process_first(desc="making the start"):
        last = checkpoint_to_go_on_from(config, bitext, resume=resume, main=arguments.process_index == 0)
        student, teacher = load_pair(config, bitext)
    start = {name: value.detach().cpu().clone() for name, value in student.state_dict().items()}

    trainer = _trainer(config, arguments, student, teacher, bitext, log)
    if last is None:
        log.write(event="start", config=config.to_dict(), bitext=bitext.report.as_dict(), **trainer.evaluate())
    trainer.train(resume_from_checkpoint=str(last) if last else None)

    if not trainer.is_world_process_zero():
        return output / "model"
    mix_with_start(student, start, config.training.keep_start)
    measured = trainer.evaluator(student)
    log.write(event="end", step=trainer.state.global_step, **{f"eval_{k}": v for k, v in measured.items()})
    facts = {
        "kind": "distilled",
        "teacher": config.teacher,
        "languages": sorted(bitext.training),
        "config": config.to_dict(),
        "measured": measured,
    }
    save_model(student, output / "model", facts, half=True)
    write_card(output / "model", config, bitext, measured, student.get_embedding_dimension())
    write_curve(output / "log.jsonl", output / "curve.png")
    return output / "model"


def _trainer(config: DistillConfig, arguments, student, teacher, bitext, log):
    from sentence_transformers.base.evaluation import SequentialEvaluator
    from transformers import EarlyStoppingCallback

    from pyterrier_optical.distill.evaluators import BitextRetrieval, DatasetRanking

    training = config.training
    evaluators = [BitextRetrieval(bitext.heldout, teacher)]
    names = [name for name in config.evaluation.datasets if _available(name)]
    if names:
        evaluators.append(DatasetRanking(names))
    if config.evaluation.best == "ranking_mean" and not names:
        logger.warning("no data set to rank: checkpoints are compared by bitext_mean")
        arguments.metric_for_best_model = "eval_bitext_mean"
    callbacks = [log.callback(), seal()]
    if training.patience:
        callbacks.append(EarlyStoppingCallback(early_stopping_patience=training.patience))
    prepare_student(config, student)
    return make_trainer(
        arguments,
        student,
        training_rows(config, bitext, arguments.train_batch_size * arguments.world_size),
        OpticalLoss(student, teacher, **config.loss),
        BitextCollator(student, teacher, training.max_tokens),
        evaluator=SequentialEvaluator(evaluators, main_score_function=lambda scores: scores[-1]),
        callbacks=callbacks,
    )


def prepare_student(config: DistillConfig, student) -> None:
    """Freezes what `training.trainable` leaves out.

    Args:
        config: The run's configuration.
        student: A `MultiVectorEncoder`, changed in place.

    Raises:
        OpticalError: If a pattern of `training.trainable` matches no parameter.
    """
    training = config.training
    freeze_all_but(student, training.trainable, embeddings=training.embedding_learning_rate > 0)


def warn_of_idle_weights(config: DistillConfig, bitext: Bitext) -> None:
    """Logs what the mix weighs and the bitext does not have; it may be misspelt, or meant for a longer run.

    Args:
        config: The run's configuration.
        bitext: What it reads.
    """
    sources = {name for names in bitext.origins.values() for name in names}
    for option, names in names_without_bitext(config.mix, bitext.training, sources).items():
        logger.warning(
            "%r under 'mix' weighs nothing for %s: there is no such bitext in this run", option, ", ".join(names)
        )


def training_rows(config: DistillConfig, bitext: Bitext, per_step: int) -> list[dict[str, str]]:
    """The rows of a whole run in their order, by the run's mix and seed.

    Args:
        config: The run's configuration.
        bitext: Its training pairs are drawn from.
        per_step: Rows that all devices together see on a step.

    Returns:
        Dicts with `english`, `translation` and `lang`.
    """
    training = config.training
    rows = training.steps * per_step
    return sample_rows(bitext.training, rows, training.batch_size, config.mix, training.seed, bitext.origins)


def _available(name: str) -> bool:
    try:
        named_dataset(name).get_topics()
    except OpticalError as error:
        logger.warning("%s is not evaluated: %s", name, error)
        return False
    return True
