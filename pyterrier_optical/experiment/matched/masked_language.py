"""The objective of multilingual BERT: guess masked tokens, each side of the bitext as text of its own."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from pyterrier_optical.errors import OpticalError


class MaskedLanguageModelling(nn.Module):
    """Masked language modelling (Devlin et al. 2019) over both sides of bitext, their pairing unused.

    Of the tokens that are not special 15 % are to be guessed; of these 80 % are masked, 10 % replaced by a random one
    and 10 % left (transformers' own collator draws them). The head is XLM-R's, new at the start, and its output
    embedding is the student's own word embedding. The loss is the mean over all tokens to be guessed.

    The student's last layer reaches the head through its own token vectors, whose length (about that of the layer's
    normalisation) is put back.

    Args:
        model: A `MultiVectorEncoder` over XLM-R.
        probability: Share of tokens to guess.

    Inputs:
        | Texts                                     | Labels |
        | (english, translation, student_english)   | none   |

    Raises:
        OpticalError: If the student is no XLM-R, has a dense layer, or its tokenizer has no mask token.
    """

    def __init__(self, model, *, probability: float = 0.15):
        from transformers import DataCollatorForLanguageModeling
        from transformers.models.xlm_roberta.modeling_xlm_roberta import XLMRobertaLMHead

        super().__init__()
        body = model[0].auto_model
        if body.config.model_type != "xlm-roberta" or model.tokenizer.mask_token is None:
            raise OpticalError("Masked language modelling needs an XLM-R student whose tokenizer has a mask token.")
        if model.get_embedding_dimension() != body.config.hidden_size:
            raise OpticalError(
                "Masked language modelling needs a student without a dense layer: use a teacher as wide."
            )
        self.model = model
        self.probability = probability
        self.head = XLMRobertaLMHead(body.config).to(model.device)
        self.head.decoder.weight = body.get_input_embeddings().weight
        self.head.decoder.bias = self.head.bias
        self._masker = DataCollatorForLanguageModeling(model.tokenizer, mlm_probability=probability)

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """The mean cross-entropy of the tokens to be guessed, a float32 scalar; 0 where there are none."""
        _, *sides = sentence_features
        guessed, wanted = zip(*(self._side(dict(side)) for side in sides), strict=True)
        wanted = torch.cat(wanted)
        logits = self.head(torch.cat(guessed)).float()
        # The sum keeps the graph whole where nothing was masked.
        return nn.functional.cross_entropy(logits, wanted, reduction="sum") / max(1, len(wanted))

    def _side(self, features: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        special = torch.isin(
            features["input_ids"],
            torch.tensor(self.model.tokenizer.all_special_ids, device=features["input_ids"].device),
        )
        features["input_ids"], wanted = self._masker.torch_mask_tokens(
            features["input_ids"].clone(), special_tokens_mask=special
        )
        vectors = self.model(features, task="document")["token_embeddings"]
        places = wanted != -100
        return vectors[places] * vectors.shape[-1] ** 0.5, wanted[places]

    def get_config_dict(self) -> dict[str, Any]:
        """The loss's settings, for a model card."""
        return {"probability": self.probability}
