"""From an objective's name to the loss that a trainer takes."""

from collections.abc import Iterable
from inspect import signature

from torch import nn

from pyterrier_optical.distill.loss import OpticalLoss
from pyterrier_optical.distill.teacher import TeacherVectors
from pyterrier_optical.errors import OpticalError, shown
from research.matched.config import MatchedConfig
from research.matched.contrastive import MaxSimContrastive, TranslationRanking
from research.matched.pooled import SentenceVectors
from research.matched.regression import PooledRegression

_TRANSPORT = {"ot": {"marginals": "uniform"}, "optical": {"marginals": "norm", "sentence_weight": 1.0}}
_OVER_THE_STUDENT = {"ranking": TranslationRanking, "contrastive": MaxSimContrastive}


class Teachers:
    """What objectives want of a teacher, each vector computed once for all runs.

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


def objective_options(config: MatchedConfig, name: str) -> dict:
    """Everything that says what an objective is, with nothing of the others.

    Args:
        config: The comparison's configuration; `loss` is for the objectives by transport, `matched.options` goes first.
        name: An objective.

    Example:
        >>> config = MatchedConfig.from_dict({"output": "x", "matched": {"options": {"ranking": {"scale": 10}}}})
        >>> objective_options(config, "ranking"), objective_options(config, "ot")["marginals"]
        ({'scale': 10}, 'uniform')
    """
    shared = {**config.loss, **_TRANSPORT[name]} if name in _TRANSPORT else {}
    return {**shared, **config.matched.options.get(name, {})}


def build_objective(name: str, options: dict, student, teachers: Teachers) -> nn.Module:
    """The loss of an objective.

    Args:
        name: An objective other than "start".
        options: As `objective_options` gives them.
        student: A `MultiVectorEncoder` as `with_sentence_vector` makes it.
        teachers: What objectives want of the teacher.

    Returns:
        A module over the student that takes the batches of `BitextCollator(..., student_english=True)`.

    Raises:
        OpticalError: An option that the objective does not have.
    """
    if name in _TRANSPORT:
        return OpticalLoss(student, teachers.tokens, **options)
    if name == "mse":
        _check(name, options, ())
        return PooledRegression(student, teachers.sentences)
    loss = _OVER_THE_STUDENT[name]
    _check(name, options, [p for p in signature(loss).parameters if p != "model"])
    return loss(student, **options)


def _check(name: str, options: dict, known: Iterable[str]) -> None:
    unknown = sorted(options.keys() - set(known))
    if unknown:
        raise OpticalError(
            f"The objective {shown(name)} has no option {shown(unknown[0])}: it takes {', '.join(known) or 'none'}."
        )
