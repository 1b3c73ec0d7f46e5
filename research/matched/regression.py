"""The objective of multilingual knowledge distillation: the teacher's sentence vector, hit by a translation's."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from pyterrier_optical.errors import OpticalError
from research.matched.pooled import SentenceVectors


class PooledRegression(nn.Module):
    """Mean squared error between pooled vectors (Reimers and Gurevych 2020), by sentence-transformers' `MSELoss`.

    The target is the frozen teacher's sentence vector of the English side: the mean of its last layer, L2-normalised;
    the student's is made likewise. The paper's second term, English through the student, is what the English-English
    rows of the mix are.

    Args:
        model: The student, a `MultiVectorEncoder` as `with_sentence_vector` makes it.
        teacher: The teacher's `SentenceVectors`.

    Inputs:
        | Texts                    | Labels |
        | (english, translation)   | none   |

    Raises:
        OpticalError: If teacher and student differ in dimension.
    """

    def __init__(self, model, teacher: SentenceVectors):
        from sentence_transformers.sentence_transformer.losses import MSELoss

        super().__init__()
        self.model = model
        # In a list, so that the frozen teacher is no sub-module: it is neither optimised nor saved.
        self._teacher = [teacher]
        self._loss = [MSELoss(None)]

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The mean squared error over rows and dimensions, a float32 scalar."""
        english, translation, *_ = sentence_features
        target = self._teacher[0](english)
        vectors = self.model(dict(translation), task="document")["sentence_embedding"].float()
        if vectors.shape != target.shape:
            raise OpticalError(
                f"The teacher's sentence vectors have {target.shape[1]} dimensions and the student's "
                f"{vectors.shape[1]}: use a student of the teacher's width."
            )
        return self._loss[0].compute_loss_from_embeddings([vectors], [target])

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for a model card."""
        return {}
