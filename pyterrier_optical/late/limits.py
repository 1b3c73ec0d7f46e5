"""Arguments of encoding, and texts that are longer than they allow."""

import logging
from numbers import Integral

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.checkpoint.placement import check_dtype
from pyterrier_optical.errors import OpticalError, shown

logger = logging.getLogger("pyterrier_optical")


def check_encoding_arguments(transformer: pt.Transformer) -> None:
    """Refuses values that no encoder can work with.

    Args:
        transformer: Has ``dtype``, ``truncation``, ``batch_size``, ``max_query_tokens``, ``max_document_tokens``.

    Raises:
        OpticalError: one of them is out of its range.
    """
    check_dtype(transformer.dtype)
    if transformer.truncation not in ("warn", "error", "passages"):
        raise OpticalError(f"Unknown truncation {shown(transformer.truncation)}: choose 'warn', 'error' or 'passages'.")
    for name in ("batch_size", "max_query_tokens", "max_document_tokens"):
        check_positive(name, getattr(transformer, name))


def check_positive(name: str, value: int | None) -> None:
    """Refuses the argument of that name unless it is None or a positive whole number."""
    if value is not None and not (isinstance(value, Integral) and value > 0):
        raise OpticalError(f"{name} is {shown(value)}: give a positive whole number, or None.")


def too_long_error(kind: str, name: str, size: int, limit: int, room: int) -> OpticalError:
    """What ``truncation="error"`` raises for the "query" or "document" of that name.

    Args:
        kind: "query" or "document".
        name: Its qid or docno.
        size: Its tokens.
        limit: The tokens that fit.
        room: The largest limit that the model can have.
    """
    raised = f"raise max_{kind}_tokens, " if size <= room else ""
    other = "'warn' or 'passages'" if kind == "document" else "'warn'"
    return OpticalError(
        f"The {kind} {shown(name)} has {size} tokens and {limit} fit: shorten it, {raised}or use truncation={other}."
    )


def check_sizes(
    transformer: pt.Transformer, encoder, kind: str, names: pd.Series, index: np.ndarray, sizes: list[int]
) -> None:
    """Refuses texts over their limit, or warns that they are cut, as a transformer's ``truncation`` says.

    Args:
        transformer: Has ``truncation`` and ``max_query_tokens`` or ``max_document_tokens``.
        encoder: The `TokenEncoder` of the texts.
        kind: "query" or "document".
        names: The qid or docno of each row.
        index: (n_rows,) each row's index into ``sizes``.
        sizes: The tokens of each distinct text.

    Raises:
        OpticalError: With ``truncation="error"``, a text is too long.
    """
    limit = encoder.limit(kind, getattr(transformer, f"max_{kind}_tokens"))
    too_long = np.flatnonzero(np.asarray(sizes) > limit)
    if len(too_long) and transformer.truncation == "error":
        name = names.iloc[int(np.flatnonzero(index == too_long[0])[0])]
        raise too_long_error(kind, name, sizes[too_long[0]], limit, encoder.room(kind))
    if kind == "query" or transformer.truncation != "passages":
        warn_of_cuts(kind, len(too_long), limit)


def warn_of_cuts(kind: str, count: int, limit: int) -> None:
    """Logs how many texts were cut, if any."""
    if count:
        cut = f"{count} {kind} text{'s' * (count > 1)} cut to {limit} tokens"
        logger.warning("%s (truncation='error' refuses, 'passages' splits long documents)", cut)
