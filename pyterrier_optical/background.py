"""What a query token finds in any text: the background above which a match is evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from pyterrier_optical.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.errors import OpticalError

BACKGROUND_FILE = "background.safetensors"

# Query tokens that are compared with all passages at a time.
_TOKENS = 4096

# How far a vector of unit length may be from it when its numbers were rounded to float16.
_ROUNDING = 0.01


@dataclass
class Background:
    """The token vectors of a few passages about nothing in particular.

    A token that finds a good match in every passage, such as a function word or a piece that means little, says nothing
    about a document; a name that no passage holds says much. A checkpoint carries its background in
    `background.safetensors`, and `load_encoder` gives it to the model as ``model.background``.

    Args:
        passages: One entry for each passage.

    Example:
        >>> background = Background(TokenVectors(torch.eye(2), torch.tensor([0, 1, 2])))
        >>> background.expected(torch.tensor([[1.0, 0.0]]))
        tensor([0.5000])
    """

    passages: TokenVectors

    def expected(self, vectors: Tensor) -> Tensor:
        """The largest cosine that each vector finds in a passage, on average over the passages.

        Args:
            vectors: (n, d) float32, rows of unit length.

        Returns:
            (n,) float32 on the vectors' device.
        """
        known = self.passages.values.to(vectors.device)
        owner = torch.repeat_interleave(torch.arange(len(self.passages)), self.passages.lengths).to(vectors.device)
        means = [vectors.new_zeros(0)]
        for some in vectors.split(_TOKENS):
            best = some.new_full((len(some), len(self.passages)), -torch.inf)
            best.scatter_reduce_(1, owner.expand(len(some), -1), some @ known.T, "amax")
            means.append(best.mean(1))
        return torch.cat(means)

    @classmethod
    def of(cls, model, texts: Sequence[str]) -> "Background":
        """Encodes passages as documents.

        Args:
            model: A ``MultiVectorEncoder``.
            texts: The passages, in the documents' language.

        Raises:
            OpticalError: No passage has a token that the model knows.
        """
        vectors = TokenEncoder(model).documents(texts)
        lengths = vectors.lengths[vectors.lengths > 0]
        if not len(lengths):
            raise OpticalError("A background needs passages with words that the model knows.")
        return cls(TokenVectors(vectors.values.cpu(), torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])))

    def save(self, folder: Path) -> None:
        """Writes `background.safetensors`, vectors in float16, into a checkpoint folder."""
        from safetensors.torch import save_file

        tensors = {"values": self.passages.values.half().contiguous(), "offsets": self.passages.offsets.contiguous()}
        save_file(tensors, folder / BACKGROUND_FILE)

    @classmethod
    def load(cls, folder: Path, dim: int | None = None) -> "Background | None":
        """Reads the background of a checkpoint folder; None where it has none.

        Args:
            folder: The checkpoint's folder.
            dim: The width that its vectors must have; None: any.

        Raises:
            OpticalError: The file is damaged, or its vectors have another width or no unit length.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        path = folder / BACKGROUND_FILE
        if not path.is_file():
            return None
        try:
            tensors = load_file(path)
            values, offsets = tensors["values"].float(), tensors["offsets"]
            ends = [int(offsets[0]), int(offsets[-1])] == [0, len(values)]
            whole = ends and len(offsets) > 1 and bool((offsets.diff() > 0).all())
            whole = whole and values.ndim == 2 and values.shape[1] == (dim or values.shape[1])
            # Rows of unit length, but for the rounding of float16; NaN is none.
            whole = whole and bool(((values.norm(dim=1) - 1).abs() < _ROUNDING).all())
        except (SafetensorError, KeyError, OSError, IndexError, RuntimeError) as error:
            raise _damaged(path) from error
        if not whole:
            raise _damaged(path)
        return cls(TokenVectors(values, offsets))


def _damaged(path: Path) -> OpticalError:
    return OpticalError(f"The file '{path}' is damaged: fetch or make the checkpoint again.")
