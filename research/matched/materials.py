"""What all runs share: the bitext read once, the starts and their teachers, and the rows."""

import logging
from functools import lru_cache

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.distill.data.sources import load_bitext
from pyterrier_optical.distill.run import training_rows, warn_of_idle_weights
from pyterrier_optical.distill.student import load_pair, start_folder
from research.matched.config import MatchedConfig
from research.matched.grid import Run, run_config, start_config
from research.matched.objectives import Teachers

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
        # The runs of one start and seed follow each other.
        self.teachers = lru_cache(maxsize=1)(self._teachers)

    def _teachers(self, start: str) -> Teachers:
        """A start as the teacher, its vectors remembered from run to run; made where it is not there."""
        return Teachers(load_pair(start_config(self.config, start), self.bitext)[1])

    def student(self, run: Run):
        """A fresh student at a run's start: a `MultiVectorEncoder`."""
        self.teachers(run.start)
        return load_encoder(start_folder(start_config(self.config, run.start)), dtype="float32")

    def rows(self, run: Run) -> list[dict[str, str]]:
        """The rows of a seed, the same for all objectives and starts."""
        config = run_config(self.config, run)
        return training_rows(config, self.bitext, config.training.batch_size)
