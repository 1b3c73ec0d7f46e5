"""The configuration of a matched comparison: that of a distillation run, and what is varied."""

from dataclasses import dataclass, field, replace

from pyterrier_optical.distill.config import DistillConfig
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.matched.names import OBJECTIVES, START, STARTS, parts

ALL_PAIRS = "all"


@dataclass(frozen=True)
class MatchedOptions:
    """What is varied, and what is measured beside `evaluation.datasets`.

    Attributes:
        objectives: Names, as `objectives.OBJECTIVES` explains them; two joined by "+" are trained together.
        starts: "aligned" (the transplant) and "plain" (its added rows drawn at random).
        seeds: Seeds of the rows, of the plain start and of the training.
        pairs: Pairs of each language to learn from, "all" for all; several numbers give curves.
        options: For an objective, its own options: `scale`, `margin`, `weight`, ...
        reference: The objective that the others are tested against, and that is drawn thick.
        heldout_languages: Languages measured by finding the translation of held-out pairs; all of them when empty.
        high_resource: Languages that count as high-resource in the summary; English counts as neither.
        max_document_tokens: Documents are cut to so many tokens when they are ranked.
    """

    objectives: list = field(default_factory=lambda: list(OBJECTIVES))
    starts: list = field(default_factory=lambda: list(STARTS))
    seeds: list = field(default_factory=lambda: [1, 2, 3])
    pairs: list = field(default_factory=lambda: [ALL_PAIRS])
    options: dict = field(default_factory=dict)
    reference: str = "ot"
    heldout_languages: list = field(default_factory=list)
    high_resource: list = field(default_factory=lambda: ["de", "fr", "es"])
    max_document_tokens: int = 256


@dataclass(frozen=True)
class MatchedConfig(DistillConfig):
    """A distillation's configuration with one section more.

    `loss` holds the options of the objective "ot". What only a finished checkpoint needs (`card`, `patience`,
    `eval_steps`) plays no part.

    Attributes:
        matched: See `MatchedOptions`.

    Example:
        >>> config = MatchedConfig.from_dict({"output": "runs/matched", "matched": {"seeds": [1]}})
        >>> config.training.batch_size, config.matched.seeds
        (64, [1])
    """

    matched: MatchedOptions = field(default_factory=MatchedOptions)

    def narrowed(
        self, objectives=None, starts=None, seeds=None, pairs=None, output=None, reference=None
    ) -> "MatchedConfig":
        """The same configuration with other choices; None keeps what is there.

        Raises:
            OpticalError: a choice is unknown, or nothing could come of the configuration.
        """
        choices = {"objectives": objectives, "starts": starts, "seeds": seeds, "pairs": pairs}
        chosen = {name: list(values) for name, values in choices.items() if values is not None}
        if reference is not None:
            chosen["reference"] = reference
        output = self.output if output is None else str(output)
        config = replace(self, output=output, matched=replace(self.matched, **chosen))
        config.check()
        return config

    def check(self) -> None:
        """Refuses what cannot run.

        Raises:
            OpticalError: an unknown objective, start, seed or number of pairs, no steps, or no transplant.
        """
        matched = self.matched
        for name in matched.objectives:
            if len(parts(name)) > 2 or len(set(parts(name))) < len(parts(name)):
                raise OpticalError(f"The objective {shown(name)} cannot be made: '+' joins two different ones.")
            for part in parts(name):
                if part not in OBJECTIVES or (part == START and name != START):
                    raise OpticalError(
                        f"No objective is called {shown(part)}: choose among {', '.join(OBJECTIVES)}, or '+' two."
                    )
        if matched.reference not in matched.objectives and matched.reference not in OBJECTIVES:
            raise OpticalError(f"reference: {shown(matched.reference)} is no objective: name one of 'objectives'.")
        for start in matched.starts:
            if start not in STARTS:
                raise OpticalError(f"No start is called {shown(start)}: choose {' or '.join(STARTS)}.")
        for name in matched.options:
            if any(part not in OBJECTIVES for part in parts(name)):
                raise OpticalError(
                    f"'options' under 'matched' names {shown(name)}, which is no objective: mend the name."
                )
        for name, values in (("seeds", matched.seeds), ("pairs", matched.pairs)):
            for value in values:
                if not (_is_count(value, 0 if name == "seeds" else 1) or (name == "pairs" and value == ALL_PAIRS)):
                    wanted = "whole numbers" if name == "seeds" else "whole numbers above 0, or 'all'"
                    raise OpticalError(f"{name}={shown(value)} cannot be used: give {wanted}.")
        for name in ("objectives", "starts", "seeds", "pairs"):
            if not getattr(matched, name):
                raise OpticalError(f"'{name}' under 'matched' is empty: name at least one.")
        for name in ("steps", "batch_size"):
            if getattr(self.training, name) < 1:
                raise OpticalError(f"'{name}' under 'training' is {getattr(self.training, name)}: give at least 1.")
        if self.student != "transplant":
            raise OpticalError(
                f"student: {shown(self.student)} has no aligned and no plain start: the matched comparison needs "
                "'student: transplant'."
            )


def _is_count(value, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
