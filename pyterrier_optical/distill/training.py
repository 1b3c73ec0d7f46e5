"""The trainer of sentence-transformers, set up by a configuration: used for tuning a start and for distilling."""

import re
from pathlib import Path

import torch

from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.errors import OpticalError


def make_trainer(arguments, student, rows: list[dict[str, str]], loss, collator, **options):
    """A trainer that takes the rows in their order, with any loss over bitext.

    Args:
        arguments: As `training_arguments` makes them.
        student: A `MultiVectorEncoder`, as `prepare_student` left it.
        rows: As `training_rows` draws them.
        loss: An `nn.Module` over the student that takes the collator's batches.
        collator: A `BitextCollator`.
        **options: Further arguments of the trainer, such as `evaluator` and `callbacks`.

    Returns:
        `sentence_transformers.MultiVectorEncoderTrainer`.
    """
    from datasets import Dataset
    from sentence_transformers import MultiVectorEncoderTrainer

    return MultiVectorEncoderTrainer(
        model=student,
        args=arguments,
        train_dataset=Dataset.from_list([{k: row[k] for k in ("english", "translation")} for row in rows]),
        loss=loss,
        data_collator=collator,
        **options,
    )


def training_arguments(config: DistillConfig, **changes):
    """The trainer's arguments; making them also joins the processes that `accelerate launch` started.

    Args:
        config: The run's configuration.
        **changes: Arguments that are to be otherwise than the configuration has them.

    Returns:
        `sentence_transformers.MultiVectorEncoderTrainingArguments`.
    """
    from sentence_transformers import MultiVectorEncoderTrainingArguments

    training = config.training
    gpu = torch.cuda.is_available()
    bf16 = training.precision == "bfloat16" or (training.precision == "auto" and gpu and torch.cuda.is_bf16_supported())
    arguments = {
        "output_dir": str(Path(expand(config.output)) / "checkpoints"),
        "max_steps": training.steps,
        "per_device_train_batch_size": training.batch_size,
        "learning_rate": training.learning_rate,
        "learning_rate_mapping": {r"word_embeddings": training.embedding_learning_rate},
        "lr_scheduler_type": "linear",
        "warmup_steps": training.warmup_steps,
        "weight_decay": 0.0,
        "bf16": bf16,
        "use_cpu": not gpu and not torch.backends.mps.is_available(),
        "seed": training.seed,
        "batch_sampler": _in_order,
        "eval_strategy": "steps",
        "eval_steps": training.eval_steps,
        "save_strategy": "steps",
        "save_steps": training.eval_steps,
        "save_total_limit": 2,
        "load_best_model_at_end": training.patience > 0,
        "metric_for_best_model": f"eval_{config.evaluation.best}",
        "greater_is_better": True,
        "logging_steps": min(25, training.eval_steps),
        "report_to": "none",
        "dataloader_num_workers": 0,
    }
    return MultiVectorEncoderTrainingArguments(**{**arguments, **changes})


def _in_order(dataset, batch_size: int, drop_last: bool, **_):
    """The rows are already in the order and the batches of the plan; shuffling would undo the length buckets."""
    from sentence_transformers.base.sampler import DefaultBatchSampler
    from torch.utils.data import SequentialSampler

    return DefaultBatchSampler(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)


def freeze_all_but(student, patterns: list[str], *, embeddings: bool = True) -> None:
    """Says which parameters move.

    Args:
        student: A `MultiVectorEncoder`, changed in place.
        patterns: Regular expressions of the parameters that move, by their names in the model; all where there is none.
        embeddings: Whether the word embeddings move, whatever the patterns say.

    Raises:
        OpticalError: A pattern matches no parameter.
    """
    matched = set()
    for name, parameter in student.named_parameters():
        hits = [pattern for pattern in patterns if re.search(pattern, name)]
        matched.update(hits)
        parameter.requires_grad = embeddings if "word_embeddings" in name else bool(hits) or not patterns
    for pattern in patterns:
        if pattern not in matched:
            raise OpticalError(
                f"No parameter of the student matches {pattern!r}: correct 'trainable' under 'training'."
            )
