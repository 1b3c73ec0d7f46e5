"""The terms of an index in a model's space, and which of them are nearest to a vector."""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from pyterrier_optical.base.files import whole
from pyterrier_optical.late.word_vectors import WordEncoder

logger = logging.getLogger("pyterrier_optical")

CACHE_FORMAT = 2  # 2: with a checksum

# Rows of the similarity matrix that are alive at once: 256 words by 20,000 terms are 20 MB.
_BLOCK = 256
_MOST_TABLES = 4
_tables: dict[tuple[str, str], "NearestTerms"] = {}


class NearestTerms:
    """A table of terms and their vectors.

    Args:
        terms: The terms.
        vectors: (n_terms, d) of unit length.

    Example:
        >>> table = NearestTerms(["cat", "dog"], torch.eye(2))
        >>> table.search(torch.tensor([[0.6, 0.8]]), 1)
        [[('dog', 0.800000011920929)]]
    """

    def __init__(self, terms: Sequence[str], vectors: Tensor):
        self.terms = list(terms)
        self.vectors = vectors

    def search(self, vectors: Tensor, count: int) -> list[list[tuple[str, float]]]:
        """The nearest terms to each vector.

        Args:
            vectors: (n, d) of unit length.
            count: How many terms for each.

        Returns:
            For each vector the terms of highest cosine and these cosines, best first.
        """
        found = []
        count = min(count, len(self.terms))
        for block in vectors.split(_BLOCK):
            # The table on the left: for the few words of one query that is the quicker order.
            cosines, places = (self.vectors @ block.T).T.topk(count)
            for row, indices in zip(cosines.tolist(), places.tolist(), strict=True):
                found.append([(self.terms[i], cosine) for i, cosine in zip(indices, row, strict=True)])
        return found


def nearest_terms(encoder: WordEncoder, terms: Sequence[str], folder: Path | None = None) -> NearestTerms:
    """The table of some terms, encoded once for each model.

    Tables are kept in memory (the last few), and where a folder is given also on disk.

    Args:
        encoder: What encodes the terms.
        terms: The terms.
        folder: Where to keep the vectors, as half-precision safetensors with a checksum; made if need be. None:
            nowhere.

    Returns:
        The table.
    """
    key = model_fingerprint(encoder.model), _digest(terms)
    if key not in _tables:
        path = folder and folder / f"term-vectors-{key[0][:12]}-{key[1][:12]}.safetensors"
        vectors = _read(path, key) if path else None
        if vectors is None:
            # Rounded as they are stored: the process that computes them ranks as those do that read them.
            vectors = encoder.alone(terms).half().float()
            if path:
                _write(path, key, vectors)
        while len(_tables) >= _MOST_TABLES:
            _tables.pop(next(iter(_tables)))
        _tables[key] = NearestTerms(terms, vectors)
    return _tables[key]


def model_fingerprint(model) -> str:
    """A hash of everything that decides a model's vectors: weights, tokenizer, prompts."""
    fingerprint = hashlib.blake2b(digest_size=16)
    for name, value in model.state_dict().items():
        fingerprint.update(name.encode())
        fingerprint.update(value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().data)
    fingerprint.update(json.dumps([model.tokenizer.backend_tokenizer.to_str(), model.prompts, repr(model)]).encode())
    return fingerprint.hexdigest()


def _digest(terms: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(terms).encode(), digest_size=16).hexdigest()


def _read(path: Path, key: tuple[str, str]) -> Tensor | None:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            vectors = file.get_tensor("vectors")
            return vectors.float() if file.metadata() == _metadata(key, vectors) else None
    except (OSError, SafetensorError):
        return None


def _write(path: Path, key: tuple[str, str], vectors: Tensor) -> None:
    from safetensors.torch import save_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors = vectors.half().contiguous()
        with whole(path) as partial:
            save_file({"vectors": vectors}, partial, metadata=_metadata(key, vectors))
    except OSError as error:
        logger.info("Term vectors are not kept in '%s' (%s): they will be computed again.", path.parent, error)


def _metadata(key: tuple[str, str], vectors: Tensor) -> dict[str, str]:
    content = hashlib.blake2b(vectors.contiguous().view(torch.uint8).numpy().data, digest_size=16).hexdigest()
    vectors = f"{vectors.dtype} {list(vectors.shape)} {content}"
    return {"format_version": str(CACHE_FORMAT), "model": key[0], "terms": key[1], "vectors": vectors}
