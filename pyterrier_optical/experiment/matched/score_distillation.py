"""The objective that distils the teacher's scores alone, by which no token has to lie near any other."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn
from torch.nn.functional import normalize

from pyterrier_optical.distill.raw_vectors import raw_token_vectors
from pyterrier_optical.distill.scores import SCALE, score_distance
from pyterrier_optical.distill.teacher import TeacherVectors


class ScoreDistillation(nn.Module):
    """What `OpticalLoss` adds with a `score_weight`, on its own.

    Args:
        model: A `MultiVectorEncoder`.
        teacher: The teacher's `TeacherVectors`.

    Inputs:
        | Texts                    | Labels |
        | (english, translation)   | none   |
    """

    def __init__(self, model, teacher: TeacherVectors):
        super().__init__()
        self.model = model
        # In a list, so that the frozen teacher is no sub-module: it is neither optimised nor saved.
        self._teacher = [teacher]

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The divergence of the student's ranking from the teacher's, a float32 scalar."""
        english, translation, *_ = sentence_features
        target, target_mask = self._teacher[0](english)
        vectors, mask = raw_token_vectors(self.model, dict(translation), translation.get("task"))
        return score_distance(normalize(vectors, dim=-1), mask, target, target_mask)

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for a model card."""
        return {"scale": SCALE}
