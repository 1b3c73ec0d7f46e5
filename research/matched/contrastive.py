"""The objectives that tell a translation from the others in the batch, over sentence-transformers' own losses."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from research.matched.pooled import repeats


class TranslationRanking(nn.Module):
    """Translation ranking with an additive margin (Yang et al. 2019; LaBSE, Feng et al. 2022).

    Both sides go through the student; their pooled vectors are ranked in the batch from either side, the cosine of the
    true pair being lowered by the margin first. This is sentence-transformers' `MultipleNegativesRankingLoss` with two
    directions. Equal English sentences of a batch are not each other's negatives.

    Args:
        model: A `MultiVectorEncoder` as `with_sentence_vector` makes it.
        margin: Taken from the cosine of the true pair; .3 in LaBSE.
        scale: Factor on the cosines; sentence-transformers' default.

    Inputs:
        | Texts                                     | Labels |
        | (english, translation, student_english)   | none   |
    """

    def __init__(self, model, *, margin: float = 0.3, scale: float = 20.0):
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        super().__init__()
        self.model = model
        self.margin = margin
        self.scale = scale
        # In a list: the loss is asked for its last step only, and is to hold no second reference to the model.
        self._loss = [
            MultipleNegativesRankingLoss(
                None,
                scale=scale,
                similarity_fct=self._similarity,
                directions=("query_to_doc", "doc_to_query"),
                partition_mode="per_direction",
            )
        ]

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The mean loss of both directions, a float32 scalar."""
        _, translation, english = sentence_features
        self._repeats = repeats(english)
        vectors = [self.model(dict(side), task="document")["sentence_embedding"] for side in (translation, english)]
        return self._loss[0].compute_loss_from_embeddings([v.float() for v in vectors], labels)

    def _similarity(self, x: Tensor, y: Tensor) -> Tensor:
        from sentence_transformers.util import cos_sim

        cosines = cos_sim(x, y) - self.margin * torch.eye(len(x), device=x.device)
        return cosines.masked_fill(self._repeats, -torch.inf)

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for a model card."""
        return {"margin": self.margin, "scale": self.scale}


class MaxSimContrastive(nn.Module):
    """In-batch contrastive learning over MaxSim: which English sentence is this a translation of?

    The translation is the query and the English side, through the student too, the document. This is
    sentence-transformers' `MultiVectorMultipleNegativesRankingLoss`. Equal English sentences of a batch are not each
    other's negatives.

    Args:
        model: A `MultiVectorEncoder`.
        scale: Factor on the scores; sentence-transformers' default.

    Inputs:
        | Texts                                     | Labels |
        | (english, translation, student_english)   | none   |
    """

    def __init__(self, model, *, scale: float = 1.0):
        from sentence_transformers.multi_vector_encoder.losses import MultiVectorMultipleNegativesRankingLoss

        super().__init__()
        self.loss = MultiVectorMultipleNegativesRankingLoss(model, scale=scale, similarity_fct=self._scores)
        self.scale = scale

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The mean cross-entropy, a float32 scalar."""
        _, translation, english = sentence_features
        self._repeats = repeats(english)
        return self.loss([translation, english])

    def _scores(self, queries: Tensor, documents: Tensor, **masks) -> Tensor:
        from sentence_transformers.multi_vector_encoder.scoring import colbert_scores

        return colbert_scores(queries.float(), documents.float(), **masks).masked_fill(self._repeats, -torch.inf)

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for a model card."""
        return {"scale": self.scale}
