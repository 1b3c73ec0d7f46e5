"""What the documents of an index have in common."""

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
    """

    precision: str = "float16"
    max_tokens: int | None = None
    truncation: str = "warn"


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

    @property
    def encoding(self) -> EncodingSettings:
        """How documents become stored vectors."""
        return EncodingSettings(self.precision, self.max_document_tokens, self.truncation)

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
