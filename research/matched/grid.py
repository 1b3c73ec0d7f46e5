"""The runs of a comparison: every objective from every start with every seed."""

import dataclasses
from dataclasses import dataclass

from research.matched.config import MatchedConfig
from research.matched.names import RAW, START
from research.matched.objectives import objective_options


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        start: "centred" or "raw".
        objective: Its name.
        seed: Of rows and training.

    Example:
        >>> str(Run("centred", "ot", 1))
        'centred-ot-seed1'
    """

    start: str
    objective: str
    seed: int

    def __str__(self) -> str:
        return f"{self.start}-{self.objective}-seed{self.seed}"


def runs(config: MatchedConfig) -> list[Run]:
    """All runs, those of the first seed first: a comparison that was interrupted has whole columns of the table.

    A start without training is the same for every seed, and is there once.
    """
    matched = config.matched
    return [
        Run(start, objective, seed)
        for seed in dict.fromkeys(matched.seeds)
        for start in dict.fromkeys(matched.starts)
        for objective in dict.fromkeys(matched.objectives)
        if objective != START or seed == matched.seeds[0]
    ]


def start_config(config: MatchedConfig, start: str) -> MatchedConfig:
    """The configuration of a start, which lies in `<output>/<start>/start` and is the same for all seeds."""
    options = dataclasses.replace(config.start, directions=None) if start == RAW else config.start
    return dataclasses.replace(config, output=f"{config.output}/{start}", start=options)


def run_config(config: MatchedConfig, run: Run) -> MatchedConfig:
    """The configuration with a run's start and seed."""
    config = start_config(config, run.start)
    return dataclasses.replace(config, training=dataclasses.replace(config.training, seed=run.seed))


def settings(config: MatchedConfig, run: Run) -> dict:
    """Everything that a run's results depend on, as plain data."""
    whole = start_config(config, run.start).to_dict()
    # The configuration's own seed says which pairs are held out, the run's seed everything else.
    training = {name: value for name, value in whole["training"].items() if name not in ("eval_steps", "patience")}
    return {
        "run": dataclasses.asdict(run),
        **{name: whole[name] for name in ("student", "start", "bitext", "evaluation", "mix")},
        "training": training,
        "options": objective_options(config, run.objective),
        "max_document_tokens": config.matched.max_document_tokens,
    }
