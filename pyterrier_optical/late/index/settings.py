"""What the documents of an index have in common."""

import math
from dataclasses import dataclass

from pyterrier_optical.errors import OpticalError, shown

#: In which vectors are stored; int8 has one scale a vector.
PRECISIONS = ("float16", "float32", "int8")


@dataclass(frozen=True)
class EncodingSettings:
    """How documents become stored vectors.

    Args:
        precision: one of `PRECISIONS`.
        max_tokens: as for `TokenEncoder.documents`.
        truncation: what happens to longer documents: "warn", "error" or "passages", as for `OpticalReranker`.
        pool_factor: the vectors of a document for each one that is kept, as for `late.pooling`; 1 keeps all.
    """

    precision: str = "float16"
    max_tokens: int | None = None
    truncation: str = "warn"
    pool_factor: float = 1.0


@dataclass(frozen=True)
class IndexSettings:
    """What the documents of an index have in common.

    Args:
        model: The query model as a user gave it, None for the model inside the package.
        document_model: Likewise the second model for the documents, None for the same.
        dtype: The precisions in which the models computed, queries first.
        loaded: Whether a model was given as an object, which has no name to find it by.
        dim: The width of a vector.
        fields: The fields that make up a document's text, None for title and text.
        precision: Of the stored vectors.
        max_document_tokens: As for `OpticalReranker`.
        truncation: Likewise.
        pool_factor: As for `EncodingSettings`.
    """

    model: str | None
    document_model: str | None
    dtype: tuple[str, str]
    loaded: bool
    dim: int
    fields: tuple[str, ...] | None
    precision: str
    max_document_tokens: int | None
    truncation: str
    pool_factor: float = 1.0

    @property
    def encoding(self) -> EncodingSettings:
        """How documents become stored vectors."""
        return EncodingSettings(self.precision, self.max_document_tokens, self.truncation, self.pool_factor)

    @classmethod
    def from_record(cls, record: dict) -> "IndexSettings":
        """Reads back what `dataclasses.asdict` and JSON made of one."""
        fields = record["fields"]
        return cls(**{**record, "fields": fields and tuple(fields), "dtype": tuple(record["dtype"])})


def check_precision(precision: str) -> None:
    """Refuses a precision in which vectors cannot be stored.

    Raises:
        OpticalError: ``precision`` is none of `PRECISIONS`.
    """
    if precision not in PRECISIONS:
        raise OpticalError(
            f"precision={shown(precision)}: choose 'float16', 'float32' or 'int8' for the stored vectors."
        )


def check_pool_factor(pool_factor: float) -> None:
    """Refuses a factor by which vectors cannot become fewer.

    Raises:
        OpticalError: ``pool_factor`` is no number from 1.
    """
    if isinstance(pool_factor, bool) or not isinstance(pool_factor, (int, float)) or not 1 <= pool_factor < math.inf:
        raise OpticalError(f"pool_factor={shown(pool_factor)}: give a number of 1, which keeps all vectors, or more.")
