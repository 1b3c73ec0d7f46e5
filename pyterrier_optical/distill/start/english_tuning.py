"""English tuning: the start becomes a late-interaction retriever in English before it is distilled.

OPTICAL distils a retriever (ColBERT, in the paper). A sentence encoder's tokens are no retriever's yet; some hundred
contrastive steps on English questions and passages make them one, in all languages at once.
"""

import logging
from pathlib import Path

from pyterrier_optical.distill.config import DistillConfig, expand
from pyterrier_optical.distill.resuming import last_checkpoint, seal
from pyterrier_optical.distill.start.relevance import read_relevance, relevance_rows
from pyterrier_optical.distill.training import freeze_all_but, training_arguments

logger = logging.getLogger(__name__)


def tune(model, config: DistillConfig, folder: Path):
    """Trains a late-interaction encoder on relevance pairs: MaxSim of each query with the passages of its batch.

    The loss is cross-entropy over MaxSim scores divided by the query's number of tokens and by the temperature, with
    the batch's other passages as negatives. The word embeddings stay as they are, so that what other languages' pieces
    mean stays too. So does the projection, but for one to fewer `dimensions`, which learns what to keep.

    Args:
        model: A `MultiVectorEncoder`, changed in place.
        config: The run's configuration; `start` says what to train on and how long.
        folder: Takes the checkpoints; training that was interrupted goes on from the last one there.

    Returns:
        The model.

    Raises:
        OpticalError: The relevance pairs cannot be read, or are too few.
    """
    from datasets import Dataset
    from sentence_transformers import MultiVectorEncoderTrainer
    from sentence_transformers.multi_vector_encoder.losses import MultiVectorMultipleNegativesRankingLoss
    from sentence_transformers.multi_vector_encoder.scoring import mean_colbert_scores

    options = config.start
    passages = read_relevance(expand(options.relevance))
    rows = relevance_rows(passages, options.steps, options.batch_size, config.training.seed)
    logger.info("tuning on %d English passages with queries, %d steps", len(passages), options.steps)
    arguments = training_arguments(
        config,
        output_dir=str(folder),
        max_steps=options.steps,
        per_device_train_batch_size=options.batch_size,
        learning_rate=options.learning_rate,
        learning_rate_mapping={},
        warmup_steps=options.steps // 10,
        eval_strategy="no",
        save_steps=100,
        load_best_model_at_end=False,
    )
    learning = [r"^0\."] if options.dimensions is None else [r"^0\.", r"^1\."]
    freeze_all_but(model, learning, embeddings=False)
    body = model[0]
    limits = body.query_length, body.document_length
    body.query_length, body.document_length = options.query_tokens, options.document_tokens
    try:
        trainer = MultiVectorEncoderTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_list(rows),
            loss=MultiVectorMultipleNegativesRankingLoss(
                model, scale=1 / options.temperature, similarity_fct=mean_colbert_scores
            ),
            callbacks=[seal()],
        )
        trainer.train(resume_from_checkpoint=last_checkpoint(folder))
    finally:
        body.query_length, body.document_length = limits
        model.requires_grad_(True)
    return model
