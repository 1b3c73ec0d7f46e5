"""Centring: a multilingual encoder's token vectors lie in a narrow cone; without it cosines, and costs, tell little."""

import random
from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from pyterrier_optical.distill.raw_vectors import raw_token_vectors
from pyterrier_optical.errors import OpticalError

_BATCH = 64
_TOKENS = 96


def centred(
    model,
    english: Iterable[str],
    *,
    directions: int = 1,
    dimensions: int | None = None,
    sentences: int = 3000,
    seed: int = 13,
):
    """A multilingual encoder whose token vectors have the mean and some principal directions of English taken off.

    With x a token vector of the last layer, m the mean of the unit vectors x / |x| of English tokens, l the mean of
    their lengths |x|, and U the first `directions` eigenvectors of the covariance of the unit vectors, a token vector
    becomes (I - U Uᵀ) (x - l m) (Mu, Viswanath 2018, "All-but-the-Top"). That is an affine map: one Dense module. With
    fewer `dimensions` D it is W (I - U Uᵀ) (x - l m), the rows of W being the D eigenvectors in which the centred unit
    vectors of English have the most of their length. The markers around a text (`<s>`, `</s>`) mean nothing of their
    own and no longer score.

    Args:
        model: A `MultiVectorEncoder` that consists of a transformer and at most a mask and a normalisation.
        english: English sentences, of which some are drawn.
        directions: How many principal directions to take off, besides the mean; 0 for the mean alone.
        dimensions: Numbers of a vector; None: the width that the body has.
        sentences: How many sentences to draw.
        seed: Seed of the draw.

    Returns:
        A `MultiVectorEncoder` that shares the transformer with ``model``.

    Raises:
        OpticalError: The model has a projection of its own, there is no English, `directions` is not below the width of
            the vectors, or `dimensions` is above what is left of it.

    Example:
        >>> student = centred(load_encoder("xlm-roberta-base"), ["The river is long."])   # doctest: +SKIP
    """
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize
    from sentence_transformers.base.modules.dense import Dense
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    if any(isinstance(module, Dense) for module in model):
        raise OpticalError("The student has a projection of its own: set 'directions: null' under 'start'.")
    width = model.get_embedding_dimension()
    if not 0 <= directions < width:
        raise OpticalError(f"'directions' under 'start' must lie between 0 and {width - 1}, not {directions}.")
    if dimensions is not None and not 1 <= dimensions <= width - directions:
        raise OpticalError(f"'dimensions' under 'start' must lie between 1 and {width - directions}, not {dimensions}.")
    weight, bias = _affine_map(*_english_tokens(model, english, sentences, seed), directions, dimensions)
    dense = Dense(
        width,
        len(weight),
        activation_function=torch.nn.Identity(),
        init_weight=weight.to(model.device),
        init_bias=bias.to(model.device),
        module_input_name="token_embeddings",
    )
    tokenizer = model.tokenizer
    markers = [token for token in (tokenizer.cls_token, tokenizer.sep_token) if token]
    mask = MultiVectorMask(markers, skiplist_tasks=["query", "document"])
    normalise = Normalize(module_input_name="token_embeddings")
    return MultiVectorEncoder(modules=[model[0], dense, mask, normalise], device=str(model.device))


def _english_tokens(model, english: Iterable[str], sentences: int, seed: int) -> tuple[Tensor, Tensor]:
    """The unit vectors (n, d) of the tokens of some sentences, markers left out, and the mean of their lengths."""
    texts = sorted({text for text in english if text.strip()})
    texts = random.Random(seed).sample(texts, min(len(texts), sentences))
    texts.sort(key=len)
    markers = torch.tensor(model.tokenizer.all_special_ids)
    found = []
    with torch.no_grad():
        for first in range(0, len(texts), _BATCH):
            features = model.preprocess(texts[first : first + _BATCH], task="document", max_length=_TOKENS)
            features = {k: v.to(model.device) if isinstance(v, Tensor) else v for k, v in features.items()}
            ids = features["input_ids"]
            vectors, mask = raw_token_vectors(model, features, task="document")
            found.append(vectors[mask & ~torch.isin(ids, markers.to(ids.device))].cpu())
    vectors = torch.cat(found) if found else torch.zeros(0, model.get_embedding_dimension())
    if not len(vectors):
        raise OpticalError("Centring needs English sentences: the bitext has none with words that the student knows.")
    return normalize(vectors, dim=-1), vectors.norm(dim=-1).mean()


def _affine_map(units: Tensor, length: Tensor, directions: int, dimensions: int | None = None) -> tuple[Tensor, Tensor]:
    """The (D, d) weight and (D,) bias that take off mean and principal directions and keep D dimensions.

    Example:
        >>> weight, bias = _affine_map(torch.eye(2), torch.tensor(2.0), 0)
        >>> bias
        tensor([-1., -1.])
    """
    mean = units.mean(0)
    away = units - mean
    # In ascending order of their share of the variance.
    principal = torch.linalg.eigh(away.T @ away).eigenvectors[:, units.shape[1] - directions :]
    weight = torch.eye(units.shape[1]) - principal @ principal.T
    if dimensions is not None:
        left = normalize(away @ weight, dim=-1)
        weight = torch.linalg.eigh(left.T @ left).eigenvectors[:, -dimensions:].T @ weight
    return weight, -length * (weight @ mean)
