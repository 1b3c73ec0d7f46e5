"""Which fields of a document are its text: one rule for all that index, retrieve and rerank documents.

A document's text is its title, a line break, and its ``text``; without a field ``title``, its ``text`` alone. Where
fields are named, it is these, in that order. An empty or missing field leaves no line break.
"""

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from pyterrier_optical.frames.checks import texts_of

#: What makes up a text where no field is named: the first of these whose fields are all there.
DEFAULTS = (("title", "text"), ("text",))


def named_fields(fields: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """The names that a user gave, one or several, as a tuple; None stays None.

    Example:
        >>> named_fields("body"), named_fields(["title", "body"]), named_fields(None)
        (('body',), ('title', 'body'), None)
    """
    return fields if fields is None else (fields,) if isinstance(fields, str) else tuple(fields)


def text_fields(available: Collection[str], fields: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The fields that make up the text of documents with the fields ``available``.

    Args:
        available: Names of the documents' fields, or of a frame's columns.
        fields: The names that a user gave; None: title and text, where there is a title.

    Example:
        >>> text_fields(["docno", "text", "title"]), text_fields(["docno", "text"])
        (('title', 'text'), ('text',))
    """
    return fields or (DEFAULTS[0] if "title" in available else DEFAULTS[1])


def joined_text(texts: Iterable[str]) -> str:
    """The text of a document with these texts in its fields.

    Example:
        >>> joined_text(["Baobab", "", "A tree."])
        'Baobab\\nA tree.'
    """
    return "\n".join(filter(None, texts))


def frame_texts(frame: pd.DataFrame, fields: tuple[str, ...] | None = None) -> pd.Series:
    """The text of each row's document.

    Args:
        frame: With the columns that :func:`text_fields` names for it.
        fields: As for :func:`text_fields`.

    Example:
        >>> frame_texts(pd.DataFrame({"title": ["Baobab", None], "text": ["A tree.", "Grass."]})).tolist()
        ['Baobab\\nA tree.', 'Grass.']
    """
    columns = [texts_of(frame[name]) for name in text_fields(frame.columns, fields)]
    if len(columns) == 1:
        return columns[0]
    return pd.Series(map(joined_text, zip(*columns, strict=True)), frame.index, dtype=object)


def distinct_texts(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """The index of each row's text among the distinct ones, and these; a missing text is the empty text."""
    index, distinct = pd.factorize(texts_of(column))
    return index, [str(text) for text in distinct]
