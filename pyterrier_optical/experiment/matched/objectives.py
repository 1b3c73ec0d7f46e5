"""From an objective's name to the loss that a trainer takes."""

from collections.abc import Iterable
from inspect import signature
from typing import Any

from torch import Tensor, nn

from pyterrier_optical.distill.loss import OpticalLoss
from pyterrier_optical.distill.teacher import TeacherVectors
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.matched.contrastive import MaxSimContrastive, TranslationRanking
from pyterrier_optical.experiment.matched.masked_language import MaskedLanguageModelling
from pyterrier_optical.experiment.matched.names import parts
from pyterrier_optical.experiment.matched.pooled import SentenceVectors
from pyterrier_optical.experiment.matched.regression import PooledRegression
from pyterrier_optical.experiment.matched.score_distillation import ScoreDistillation

_TRANSPORT = {
    "ot": {},
    "ot-norm": {"marginals": "norm"},
    "optical": {"marginals": "norm", "sentence_weight": 1.0},
    "optical-scores": {"marginals": "norm", "sentence_weight": 1.0, "score_weight": 0.2},
    "unbalanced": {},
}
_PLANS = {"unbalanced": {"plan": "unbalanced"}}
_OVER_THE_STUDENT = {
    "ranking": TranslationRanking,
    "contrastive": MaxSimContrastive,
    "mlm": MaskedLanguageModelling,
}


class Teachers:
    """What objectives want of the teacher, each vector computed once for all runs.

    Args:
        teacher: A frozen `MultiVectorEncoder`.

    Attributes:
        tokens: Its `TeacherVectors`.
        sentences: Its `SentenceVectors`.
    """

    def __init__(self, teacher):
        self.teacher = teacher
        self.tokens = TeacherVectors(teacher)
        self.sentences = SentenceVectors(teacher)


class WeightedSum(nn.Module):
    """Two objectives at once: the first plus `weight` times the second.

    Args:
        model: The student, shared by both.
        losses: The two.
        weight: Of the second.
    """

    def __init__(self, model, losses: Iterable[nn.Module], weight: float):
        super().__init__()
        self.model = model
        self.losses = nn.ModuleList(losses)
        self.weight = weight

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The weighted sum, a float32 scalar."""
        features = list(sentence_features)
        first, second = (loss([dict(side) for side in features]) for loss in self.losses)
        return first + self.weight * second

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for a model card."""
        return {"weight": self.weight, "losses": [loss.get_config_dict() for loss in self.losses]}


def objective_options(name: str, ot: dict, options: dict) -> dict:
    """Everything that says what an objective is, with nothing of the others.

    Args:
        name: An objective, or two joined by "+".
        ot: Options of optimal transport, `plan` and `epsilon` first among them.
        options: For other objectives, and for sums, their own.

    Returns:
        Options by objective; of a sum also "weight".

    Example:
        >>> objective_options("ot+mse", {"epsilon": 0.01}, {"ot+mse": {"weight": 2.0}, "ranking": {"scale": 10}})
        {'ot': {'epsilon': 0.01}, 'mse': {}, 'weight': 2.0}
    """
    found = {
        part: {**(ot if part in _TRANSPORT else {}), **options.get(part, {}), **_PLANS.get(part, {})}
        for part in parts(name)
    }
    return {**found, "weight": 1.0, **options.get(name, {})} if len(found) > 1 else found


def build_objective(name: str, options: dict, student, teachers: Teachers) -> nn.Module:
    """The loss of an objective.

    Args:
        name: An objective other than "start", or two joined by "+".
        options: As `objective_options` gives them.
        student: A `MultiVectorEncoder` as `with_sentence_vector` makes it.
        teachers: What objectives want of the teacher.

    Returns:
        A module over the student that takes the batches of `BitextCollator(..., student_english=True)`.

    Raises:
        OpticalError: An option that the objective does not have.
    """
    losses = [_single(part, options[part], student, teachers) for part in parts(name)]
    if len(losses) == 1:
        return losses[0]
    unknown = options.keys() - {*parts(name), "weight"}
    if unknown:
        raise OpticalError(f"The objective {shown(name)} has no option {shown(min(unknown))}: it takes 'weight'.")
    return WeightedSum(student, losses, float(options["weight"]))


def _single(name: str, options: dict, student, teachers: Teachers) -> nn.Module:
    if name in ("uniform", "greedy"):
        _check(name, options, ())
        return OpticalLoss(student, teachers.tokens, plan=name)
    if name in _TRANSPORT:
        return OpticalLoss(student, teachers.tokens, **_TRANSPORT[name], **options)
    if name == "mse":
        _check(name, options, ())
        return PooledRegression(student, teachers.sentences)
    if name == "scores":
        _check(name, options, ())
        return ScoreDistillation(student, teachers.tokens)
    loss = _OVER_THE_STUDENT[name]
    _check(name, options, [p for p in signature(loss).parameters if p != "model"])
    return loss(student, **options)


def _check(name: str, options: dict, known: Iterable[str]) -> None:
    unknown = sorted(options.keys() - set(known))
    if unknown:
        raise OpticalError(
            f"The objective {shown(name)} has no option {shown(unknown[0])}: it takes {', '.join(known) or 'none'}."
        )
