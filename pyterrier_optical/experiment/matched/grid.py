"""The runs of a comparison: every objective from every start with every seed and number of pairs."""

import dataclasses
from dataclasses import dataclass

from pyterrier_optical.experiment.matched.config import ALL_PAIRS, MatchedConfig
from pyterrier_optical.experiment.matched.names import ALIGNED, START
from pyterrier_optical.experiment.matched.objectives import objective_options


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        start: "aligned" or "plain".
        objective: Its name.
        seed: Of rows, plain start and training.
        pairs: Pairs of each language to learn from, or "all".

    Example:
        >>> str(Run("aligned", "ot+mse", 1, 4000))
        'aligned-ot+mse-seed1-4000'
    """

    start: str
    objective: str
    seed: int
    pairs: int | str

    def __str__(self) -> str:
        return f"{self.start}-{self.objective}-seed{self.seed}-{self.pairs}"

    @property
    def depends_on_seed(self) -> bool:
        """Whether another seed gives another model: the aligned start, untrained, is always the same."""
        return not (self.start == ALIGNED and self.objective == START)


def runs(config: MatchedConfig) -> list[Run]:
    """All runs, those of the first seed first: a comparison that was interrupted has whole columns of the table."""
    matched = config.matched
    every = [
        Run(start, objective, seed, pairs)
        for pairs in matched.pairs
        for seed in matched.seeds
        for start in matched.starts
        for objective in matched.objectives
    ]
    return [run for run in dict.fromkeys(every) if run.depends_on_seed or run.seed == matched.seeds[0]]


def run_config(config: MatchedConfig, run: Run) -> MatchedConfig:
    """The configuration with a run's seed, and where its start lies.

    Fewer pairs have a start of their own, which knows no others: vocabulary and alignment come from the bitext too.
    """
    output = config.output if run.pairs == ALL_PAIRS else f"{config.output}/pairs-{run.pairs}"
    return dataclasses.replace(config, output=output, training=dataclasses.replace(config.training, seed=run.seed))


def settings(config: MatchedConfig, run: Run) -> dict:
    """Everything that a run's results depend on, as plain data."""
    whole, matched = config.to_dict(), config.matched
    shared = {name: whole[name] for name in ("teacher", "student", "bitext", "transplant", "evaluation")}
    trained = {name: whole[name] for name in ("mix", "late_mix", "training")}
    # The configuration's own seed says which pairs are held out, the run's seed everything else.
    trained["training"] = {k: v for k, v in whole["training"].items() if k not in ("eval_steps", "patience")}
    return {
        **dataclasses.asdict(run),
        **shared,
        **trained,
        "options": {} if run.objective == START else objective_options(run.objective, config.loss, matched.options),
        "heldout_languages": matched.heldout_languages,
        "max_document_tokens": matched.max_document_tokens,
    }
