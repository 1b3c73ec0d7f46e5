"""Sentence vectors beside token vectors: what pooled objectives train, and what they are ranked by."""

import torch
from torch import Tensor


def with_sentence_vector(model):
    """The same model, which now gives `sentence_embedding` too: the mean of its last layer, L2-normalised.

    Body and token vectors are the given model's own; nothing is copied.

    Args:
        model: A `MultiVectorEncoder`.

    Returns:
        A `MultiVectorEncoder` that shares the modules of the given one.
    """
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize
    from sentence_transformers.sentence_transformer.modules import Pooling

    modules = list(model)
    # Pooled before the tokens are normalised, as sentence encoders do; after a dense layer, where there is one.
    at = next((i for i, module in enumerate(modules) if isinstance(module, Normalize)), len(modules))
    pooling = Pooling(model.get_embedding_dimension(), pooling_mode="mean")
    together = MultiVectorEncoder(
        modules=[*modules[:at], pooling, Normalize(), *modules[at:]], prompts=model.prompts, device=str(model.device)
    )
    return together.train(model.training)


class SentenceVectors:
    """The teacher's sentence vectors for tokenised sentences; a sentence seen before is not encoded again.

    Args:
        teacher: A frozen `MultiVectorEncoder`.
    """

    def __init__(self, teacher):
        self.teacher = with_sentence_vector(teacher).eval()
        self._known: dict[bytes, Tensor] = {}

    @torch.no_grad()
    def __call__(self, features: dict[str, Tensor]) -> Tensor:
        """Sentence vectors (B, d), float32, of unit length.

        Args:
            features: `input_ids` and `attention_mask`, each (B, n), made by the teacher's own tokenizer.
        """
        keys = sentence_keys(features)
        new = [i for i, key in enumerate(keys) if key not in self._known]
        if new:
            device = features["input_ids"].device
            self.teacher.to(device)
            batch = {name: value[new] for name, value in features.items() if isinstance(value, Tensor)}
            fresh = self.teacher(batch, task="document")["sentence_embedding"].float().cpu()
            self._known.update(zip((keys[i] for i in new), fresh, strict=True))
        return torch.stack([self._known[key] for key in keys]).to(features["input_ids"].device)


def sentence_keys(features: dict[str, Tensor]) -> list[bytes]:
    """For each sentence of a batch its tokens without padding; equal for equal sentences.

    Example:
        >>> ids, mask = torch.tensor([[5, 6, 0], [5, 6, 7]]), torch.tensor([[1, 1, 0], [1, 1, 1]])
        >>> first, second = sentence_keys({"input_ids": ids, "attention_mask": mask})
        >>> first == second
        False
    """
    ids, mask = features["input_ids"].cpu().numpy(), features["attention_mask"].bool().cpu().numpy()
    return [row[real].tobytes() for row, real in zip(ids, mask, strict=True)]


def repeats(features: dict[str, Tensor]) -> Tensor:
    """Which pairs of different places of a batch hold the same sentence: (B, B) bool, False on the diagonal.

    Bitext is often row-parallel. A translation of the same English sentence into another language is no wrong answer,
    so contrastive objectives must not push it away.
    """
    keys = sentence_keys(features)
    number = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    which = torch.tensor([number[key] for key in keys], device=features["input_ids"].device)
    same = which[:, None] == which[None, :]
    return same & ~torch.eye(len(keys), dtype=torch.bool, device=same.device)
