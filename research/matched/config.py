"""The configuration of a matched comparison: that of a distillation run, and what is varied."""

from dataclasses import dataclass, field, replace

from pyterrier_optical.distill.config import OWN_START, DistillConfig
from pyterrier_optical.errors import OpticalError, shown
from research.matched.names import CENTRED, OBJECTIVES, STARTS


@dataclass(frozen=True)
class MatchedOptions:
    """What is varied, and what is measured beside `evaluation.datasets`.

    Attributes:
        objectives: Names, as `names.OBJECTIVES` explains them.
        starts: "centred" (the start that `start` describes) and "raw" (the same, not centred).
        seeds: Seeds of the rows and of the training.
        options: For an objective, its own options: `scale`, `margin`, `epsilon`, ...
        reference: The start and the objective that the others are tested against.
        max_document_tokens: Documents are cut to so many tokens when they are ranked.
    """

    objectives: list = field(default_factory=lambda: list(OBJECTIVES))
    starts: list = field(default_factory=lambda: list(STARTS))
    seeds: list = field(default_factory=lambda: [1])
    options: dict = field(default_factory=dict)
    reference: str = f"{CENTRED} ot"
    max_document_tokens: int = 256


@dataclass(frozen=True)
class MatchedConfig(DistillConfig):
    """A distillation's configuration with one section more.

    `loss` holds the options of the objectives by transport. What only a finished checkpoint needs (`card`, `patience`,
    `eval_steps`) plays no part.

    Attributes:
        matched: See `MatchedOptions`.

    Example:
        >>> config = MatchedConfig.from_dict({"output": "runs/matched", "matched": {"seeds": [1, 2]}})
        >>> config.training.batch_size, config.matched.seeds
        (64, [1, 2])
    """

    matched: MatchedOptions = field(default_factory=MatchedOptions)

    def narrowed(
        self, objectives=None, starts=None, seeds=None, output=None, reference=None, steps=None
    ) -> "MatchedConfig":
        """The same configuration with other choices; None keeps what is there.

        Raises:
            OpticalError: a choice is unknown, or nothing could come of the configuration.
        """
        choices = {"objectives": objectives, "starts": starts, "seeds": seeds}
        chosen = {name: list(values) for name, values in choices.items() if values is not None}
        if reference is not None:
            chosen["reference"] = reference
        output = self.output if output is None else str(output)
        training = self.training if steps is None else replace(self.training, steps=steps)
        config = replace(self, output=output, training=training, matched=replace(self.matched, **chosen))
        config.check()
        return config

    def check(self) -> None:
        """Refuses what cannot run.

        Raises:
            OpticalError: an unknown objective, start or seed, no steps, or a student or teacher without two starts.
        """
        matched = self.matched
        _known("objectives", matched.objectives, OBJECTIVES)
        _known("starts", matched.starts, STARTS)
        _known("options", matched.options, OBJECTIVES)
        _known("reference", [matched.reference], [f"{start} {name}" for start in STARTS for name in OBJECTIVES])
        for seed in matched.seeds:
            if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
                raise OpticalError(f"seeds={shown(seed)} cannot be used: give whole numbers.")
        for name in ("objectives", "starts", "seeds"):
            if not getattr(matched, name):
                raise OpticalError(f"'{name}' under 'matched' is empty: name at least one.")
        if self.teacher != OWN_START:
            raise OpticalError(f"teacher: {self.teacher!r} is not compared here: write 'teacher: {OWN_START}'.")
        if self.student is None or (CENTRED in matched.starts and self.start.directions is None):
            raise OpticalError(
                "The matched comparison needs a checkpoint that is not centred yet as 'student', and a number of "
                "'directions' under 'start' to centre it."
            )


def _known(where: str, names, known) -> None:
    for name in names:
        if name not in known:
            raise OpticalError(f"{where!r} under 'matched' has no {shown(name)}: choose among {', '.join(known)}.")
