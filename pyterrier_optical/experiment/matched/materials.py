"""What all runs share: the bitext read once, the teacher, the starts, and the rows."""

import dataclasses
import logging
import random
from functools import cached_property, lru_cache
from pathlib import Path

import torch

from pyterrier_optical.checkpoints import load_encoder
from pyterrier_optical.distill.config import expand
from pyterrier_optical.distill.run import training_rows, warn_of_idle_weights
from pyterrier_optical.distill.sources import Bitext, load_bitext
from pyterrier_optical.distill.student import load_student, teacher_rows
from pyterrier_optical.distill.teacher import load_teacher
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.matched.config import ALL_PAIRS, MatchedConfig
from pyterrier_optical.experiment.matched.grid import Run, run_config
from pyterrier_optical.experiment.matched.names import PLAIN
from pyterrier_optical.experiment.matched.objectives import Teachers
from pyterrier_optical.experiment.matched.starts import made_start

logger = logging.getLogger(__name__)


class Materials:
    """Reads and makes what runs need when a run first asks for it.

    Args:
        config: The comparison's configuration.

    Raises:
        OpticalError: There is no bitext.
    """

    def __init__(self, config: MatchedConfig):
        self.config = config
        self.bitext = load_bitext(
            config.bitext, heldout_pairs=config.evaluation.heldout_pairs, seed=config.training.seed
        )
        logger.info("bitext\n%s", self.bitext.report)
        warn_of_idle_weights(config, self.bitext)
        self.bitext_of = lru_cache(maxsize=None)(self._bitext_of)
        # The runs of one seed follow each other.
        self.rows = lru_cache(maxsize=1)(self._rows)

    @cached_property
    def teachers(self) -> Teachers:
        """The teacher, its vectors remembered from run to run."""
        return Teachers(load_teacher(expand(self.config.teacher)))

    def heldout(self) -> dict[str, list[tuple[str, str]]]:
        """The held-out pairs of the languages that are measured by them.

        Raises:
            OpticalError: a language has no bitext.
        """
        languages = self.config.matched.heldout_languages or list(self.bitext.heldout)
        for language in languages:
            if language not in self.bitext.heldout:
                raise OpticalError(
                    f"'heldout_languages' under 'matched' names {shown(language)}, which has no bitext: leave it out."
                )
        return {language: self.bitext.heldout[language] for language in languages}

    def student(self, run: Run):
        """A fresh student at a run's start: a `MultiVectorEncoder`."""
        config = run_config(self.config, run)
        Path(expand(config.output)).mkdir(parents=True, exist_ok=True)
        start = made_start(config)
        student = (
            load_student(config, self.teachers.teacher, self.bitext_of(run.pairs))
            if start is None
            else load_encoder(start)
        )
        if run.start == PLAIN:
            draw_rows(student[0].auto_model.get_input_embeddings().weight, teacher_rows(config), run.seed)
        return student

    def _rows(self, seed: int, pairs) -> list[dict[str, str]]:
        """The rows of a seed, the same for all objectives and starts."""
        config = run_config(self.config, Run(PLAIN, "", seed, pairs))
        return training_rows(config, self.bitext_of(pairs), config.training.batch_size)

    def _bitext_of(self, pairs) -> Bitext:
        if pairs == ALL_PAIRS:
            return self.bitext
        rng = random.Random(self.config.training.seed)
        training = {lang: capped(sources, pairs, rng) for lang, sources in self.bitext.training.items()}
        return dataclasses.replace(self.bitext, training=training)


def capped(sources: list[list], pairs: int, rng: random.Random) -> list[list]:
    """At most so many pairs of a language, drawn from all its sources alike, in document order.

    Example:
        >>> sum(map(len, capped([[1, 2, 3], [4]], 2, random.Random(0))))
        2
    """
    places = [(s, i) for s, source in enumerate(sources) for i in range(len(source))]
    kept = set(rng.sample(places, min(pairs, len(places))))
    return [[pair for i, pair in enumerate(source) if (s, i) in kept] for s, source in enumerate(sources)]


@torch.no_grad()
def draw_rows(embedding: torch.Tensor, known: int, seed: int) -> None:
    """Draws all rows after the known ones at random, with the known rows' mean and spread in each dimension.

    Args:
        embedding: (rows, d), changed in place.
        known: How many of its first rows are the teacher's.
        seed: Of the draw.
    """
    first = embedding[:known]
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(embedding) - known, embedding.shape[1], generator=generator)
    embedding[known:] = first.mean(0) + noise.to(embedding) * first.std(0)
