"""From the student's width to the teacher's: a dense layer that begins where the two agree best on English words."""

import logging
import random
from collections.abc import Iterable

import torch
from torch import Tensor

from pyterrier_optical.translate.word_vectors import WordEncoder

logger = logging.getLogger(__name__)

# Some 15,000 running words, for a map of a few hundred dimensions.
_SENTENCES = 1500
_RIDGE = 1e-3


def with_width_of(teacher, student, english: Iterable[str], *, seed: int = 13):
    """A student whose vectors have the teacher's width; itself where they have it already.

    The dense layer is put after the transformer. It is the least-squares map from the student's vectors of English
    words to the teacher's, so that a student that knows English starts near the teacher, whichever pieces either cuts
    words into.

    Args:
        teacher: A `MultiVectorEncoder`.
        student: A `MultiVectorEncoder`.
        english: English sentences, of which some are drawn.
        seed: Seed of the sample.

    Returns:
        A `MultiVectorEncoder`.
    """
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules.dense import Dense
    from torch import nn

    wide, width = student.get_embedding_dimension(), teacher.get_embedding_dimension()
    if wide == width:
        return student
    texts = sorted({text for text in english if text.strip()})
    texts = random.Random(seed).sample(texts, min(len(texts), _SENTENCES))
    dense = Dense(wide, width, bias=False, activation_function=nn.Identity(), module_input_name="token_embeddings")
    with torch.no_grad():
        dense.linear.weight.copy_(_fitted(*_same_words(student, teacher, texts)).T)
    modules = list(student)
    return MultiVectorEncoder(modules=[modules[0], dense, *modules[1:]], device=str(student.device))


def _same_words(student, teacher, texts: list[str]) -> tuple[Tensor, Tensor]:
    """The two models' vectors, (n, wide) and (n, width), of the words that both know."""
    ours, x = WordEncoder(student).words(texts, "document")
    theirs, y = WordEncoder(teacher).words(texts, "document")
    rows = [
        (mine.row, other.row)
        for in_ours, in_theirs in zip(ours, theirs, strict=True)
        for mine, other in zip(in_ours, in_theirs, strict=False)
        if mine.text == other.text and mine.row is not None and other.row is not None
    ]
    index = torch.tensor(rows, dtype=torch.long).reshape(-1, 2)
    return x[index[:, 0]], y[index[:, 1]]


def _fitted(x: Tensor, y: Tensor) -> Tensor:
    """The (wide, width) W that minimises |x W - y|² + r |W|²; r is small beside the mean square of ``x``.

    Example:
        >>> x = torch.randn(200, 4)
        >>> bool(torch.allclose(_fitted(x, 2 * x), 2 * torch.eye(4), atol=0.01))
        True
    """
    gram = x.T @ x
    ridge = _RIDGE * (gram.diagonal().mean() + _RIDGE)
    weights = torch.linalg.solve(gram + ridge * torch.eye(len(gram)), x.T @ y)
    cosine = torch.nn.functional.cosine_similarity(x @ weights, y).mean() if len(x) else torch.tensor(0.0)
    logger.info("the dense layer to %d dimensions starts at a mean cosine of %.2f", y.shape[1], cosine)
    return weights
