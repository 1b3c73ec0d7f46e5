"""The frozen teacher: finding it, and its token vectors, remembered."""

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.distill.raw_vectors import raw_token_vectors


def load_teacher(name):
    """Loads a teacher: a late-interaction or single-vector checkpoint, or a Python package that carries one.

    Of a single-vector encoder the token vectors before pooling are taken, L2-normalised; no untrained projection is
    added.

    Args:
        name: A folder, a hub id, a loaded `MultiVectorEncoder`, or the name of an installed package with a `model`
            folder in it.

    Returns:
        A `MultiVectorEncoder` in evaluation mode, its parameters frozen.

    Raises:
        OpticalError: If there is no such checkpoint.
    """
    teacher = load_encoder(packaged_model(name) or name, dtype="float32")
    return teacher.eval().requires_grad_(False)


def packaged_model(name) -> Path | None:
    """The `model` folder inside the installed package of that name; None where there is none."""
    if not isinstance(name, str) or not name.isidentifier():
        return None
    package = find_spec(name)
    folders = package.submodule_search_locations if package else None
    folder = Path(next(iter(folders))) / "model" if folders else None
    return folder if folder is not None and folder.is_dir() else None


class TeacherVectors:
    """The teacher's token vectors for tokenised sentences; sentences seen before are not encoded again.

    Bitext is often row-parallel: one English sentence stands beside its translations in many languages. On a GPU
    nothing is remembered: each sentence would have to be copied between the two memories.

    Args:
        teacher: A frozen `MultiVectorEncoder`.
        cache_bytes: Stop remembering when the cache is as large as this. Vectors are kept in float16, whose rounding
            (a two-thousandth) is far below the differences that matter to a cost. 0 remembers nothing.

    Example:
        >>> vectors = TeacherVectors(teacher)                     # doctest: +SKIP
        >>> padded, mask = vectors(teacher.preprocess(["Water"])) # doctest: +SKIP
    """

    def __init__(self, teacher, cache_bytes: int = 4 << 30):
        self.teacher = teacher
        self.cache_bytes = cache_bytes
        self._cache: dict[bytes, Tensor] = {}
        self._used = 0

    @torch.no_grad()
    def __call__(self, features: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Vectors of the tokens that score.

        Args:
            features: `input_ids` and `attention_mask`, each (B, n), made by the teacher's own tokenizer.

        Returns:
            Float32 vectors (B, n, d), L2-normalised, zero on padding; and their mask (B, n), bool.
        """
        vectors, mask = self.raw(features)
        return torch.nn.functional.normalize(vectors, dim=-1), mask

    @torch.no_grad()
    def raw(self, features: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """The same before they get unit length (see `raw_token_vectors`)."""
        device = features["input_ids"].device
        if device.type != "cpu" or not self.cache_bytes:
            vectors, mask = self._forward(features)
            return vectors * mask[..., None], mask
        lengths = features["attention_mask"].sum(1).tolist()
        rows = features["input_ids"].to("cpu", torch.int32).numpy()
        keys = [row[:n].tobytes() for row, n in zip(rows, lengths, strict=True)]
        new = [i for i, key in enumerate(keys) if key not in self._cache]
        fresh = dict(zip((keys[i] for i in new), self._encode(features, new), strict=True)) if new else {}
        vectors = [fresh[key] if key in fresh else self._cache[key] for key in keys]
        self._remember(fresh)
        padded = torch.nn.utils.rnn.pad_sequence([v.to(device, torch.float32) for v in vectors], batch_first=True)
        sizes = torch.tensor([len(v) for v in vectors], device=device)
        return padded, torch.arange(padded.shape[1], device=device) < sizes[:, None]

    def _encode(self, features, rows: list[int]) -> list[Tensor]:
        batch = {key: value[rows] for key, value in features.items() if isinstance(value, Tensor)}
        longest = int(batch["attention_mask"].sum(1).max())
        vectors, mask = self._forward({key: value[:, :longest] for key, value in batch.items()})
        return [v[m] for v, m in zip(vectors.half(), mask, strict=True)]

    def _forward(self, features) -> tuple[Tensor, Tensor]:
        device = features["input_ids"].device
        if next(self.teacher.parameters()).device != device:
            self.teacher.to(device)
        batch = {key: value for key, value in features.items() if isinstance(value, Tensor)}
        return raw_token_vectors(self.teacher, batch, task="document")

    def _remember(self, fresh: dict[bytes, Tensor]) -> None:
        for key, vectors in fresh.items():
            size = vectors.numel() * vectors.element_size()
            if self._used + size > self.cache_bytes:
                return
            self._cache[key] = vectors.cpu()
            self._used += size
