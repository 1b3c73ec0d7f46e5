"""From the student's width to the teacher's: a dense layer that begins where the two agree best on English words."""

import logging
import random
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity

from pyterrier_optical.late.word_vectors import WordEncoder

logger = logging.getLogger(__name__)

# Some 15,000 running words, for a map of a few hundred dimensions.
_SENTENCES = 1500
_RIDGES = (1e-4, 1e-3, 1e-2, 0.1, 1.0)


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
    """The (wide, width) W that minimises |x W - y|² + r |W|².

    Among some r, as shares of the mean square of the columns of ``x``, it is the one that serves best the last tenth of
    the rows, which are of other sentences, when W is fitted to the rest.

    Example:
        >>> x = torch.randn(200, 4)
        >>> bool(torch.allclose(_fitted(x, 2 * x), 2 * torch.eye(4), atol=0.01))
        True
    """
    first = len(x) - len(x) // 10
    cosines = {
        ridge: cosine_similarity(x[first:] @ _solved(x[:first], y[:first], ridge), y[first:]).sum().item()
        for ridge in _RIDGES
    }
    best = max(cosines, key=cosines.__getitem__)
    cosine = cosines[best] / max(1, len(x) - first)
    logger.info("the dense layer to %d dimensions starts at a mean cosine of %.2f to the teacher", y.shape[1], cosine)
    return _solved(x, y, best)


def _solved(x: Tensor, y: Tensor, ridge: float) -> Tensor:
    gram = x.T @ x
    # Never singular, not even without a single word.
    return torch.linalg.solve(gram + (ridge * gram.diagonal().mean() + 1e-6) * torch.eye(len(gram)), x.T @ y)
