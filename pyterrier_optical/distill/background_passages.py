"""The passages whose token vectors become a checkpoint's background."""

import random
from dataclasses import replace

from pyterrier_optical.distill.config import DistillConfig
from pyterrier_optical.distill.sampling import sample_rows
from pyterrier_optical.distill.sources import Bitext


def background_passages(config: DistillConfig, bitext: Bitext) -> list[str]:
    """English passages about nothing in particular: sentences drawn as the run's mix draws them, joined at random.

    Args:
        config: The run's configuration; `background` says how many.
        bitext: Its training pairs are drawn from.

    Returns:
        The passages; the same seed gives the same ones.

    Example:
        >>> background_passages(config, bitext)  # doctest: +SKIP
        ['Close the window. The river has risen since Monday. nine percent', ...]
    """
    options, seed = config.background, config.training.seed
    mix = replace(config.mix, english_share=0, passage_share=0)
    count = options.passages * options.sentences
    sentences = [row["english"] for row in sample_rows(bitext.training, count, 1, mix, seed, bitext.origins)]
    random.Random(seed).shuffle(sentences)
    return [" ".join(sentences[first : first + options.sentences]) for first in range(0, count, options.sentences)]
