"""What a frame must have before anything is computed from it: one column a name, whole ids, real text."""

from collections.abc import Iterable
from numbers import Number

import numpy as np
import pandas as pd

from pyterrier_optical.errors import OpticalError, shown

# The columns that transformers add.
_ADDED = ("docno", "score", "rank")


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, without names of its index that are or become columns: pandas can then group and merge by neither.

    Raises:
        OpticalError: Two columns have the same name.

    Example:
        >>> frame = pd.DataFrame({"qid": ["q1"]}, index=pd.Index(["q1"], name="qid"))
        >>> plain(frame).groupby("qid").ngroups
        1
    """
    if not frame.columns.is_unique:
        name = frame.columns[frame.columns.duplicated()][0]
        raise OpticalError(f"The frame has more than one column {shown(name)}: drop or rename the others.")
    if not set(frame.index.names).isdisjoint([*frame.columns, *_ADDED]):
        frame = frame.set_axis(frame.index.set_names([None] * frame.index.nlevels))
    return frame


def checked_queries(frame: pd.DataFrame, name: str = "query") -> pd.DataFrame:
    """The frame as `plain` gives it, once its queries are found to be whole. What is not there is not looked at.

    Args:
        frame: A frame of queries or of results.
        name: Of the column of queries.

    Raises:
        OpticalError: As `plain`, `check_ids` for ``qid``, `texts_of` for the queries, and `check_one_query`.

    Example:
        >>> checked_queries(pd.DataFrame({"qid": ["q1", 1], "query": ["mto", "maji"]}))  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: The qid 'q1' is text and the qid 1 is a number, so they never meet: ...
    """
    frame = plain(frame)
    if "qid" in frame.columns:
        check_ids(frame, "qid")
    if name in frame.columns:
        texts = texts_of(frame[name])
        if "qid" in frame.columns:
            check_one_query(frame["qid"], texts)
    return frame


def check_ids(frame: pd.DataFrame, *names: str) -> None:
    """Refuses rows without an id, and columns with ids of more than one kind.

    Args:
        frame: Has the columns.
        names: Of the columns: ``qid``, ``docno``.

    Raises:
        OpticalError: An id is missing, is neither text nor a number, or is text where others are numbers.

    Example:
        >>> check_ids(pd.DataFrame({"qid": ["q1", None]}), "qid")
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: Row 1 of the frame has no qid: give every row one.
    """
    check_same_kinds([frame], *names)


def check_same_kinds(frames: Iterable[pd.DataFrame], *names: str) -> None:
    """Refuses frames whose ids cannot meet, as ``check_ids`` does for one: text here and numbers there.

    Args:
        frames: Have the columns; those without rows say nothing.
        names: Of the columns.

    Raises:
        OpticalError: As `check_ids`.
    """
    frames = [frame for frame in frames if len(frame)]
    for name in names:
        ids: dict[type, object] = {}
        for frame in frames:
            _check_whole(frame[name], name)
            ids = {**_one_of_each_kind(frame[name], name), **ids}
        if len(ids) > 1:
            text, number = (shown(ids[kind], 60) for kind in (str, Number))
            raise OpticalError(
                f"The {name} {text} is text and the {name} {number} is a number, so they never meet: make all of them "
                f"text, as by frame[{name!r}].astype(str)."
            )


def _check_whole(ids: pd.Series, name: str) -> None:
    missing = np.flatnonzero(ids.isna())
    if len(missing):
        raise OpticalError(f"Row {missing[0]} of the frame has no {name}: give every row one.")


def _one_of_each_kind(ids: pd.Series, name: str) -> dict[type, object]:
    if isinstance(ids.dtype, pd.StringDtype) or pd.api.types.is_numeric_dtype(ids.dtype):
        return {Number if pd.api.types.is_numeric_dtype(ids.dtype) else str: ids.iloc[0]}
    found: dict[type, object] = {}
    for one in dict(zip(map(type, ids), ids, strict=True)).values():
        kind = next((kind for kind in (str, Number) if isinstance(one, kind)), None)
        if kind is None:
            raise OpticalError(f"The {name} {shown(one)} is neither text nor a number: make it text.")
        found[kind] = one
    for one in ids:
        if isinstance(one, str) and _is_broken(one):
            raise OpticalError(
                f"The {name} {shown(one)} has half of a surrogate pair, which is no character: rename it."
            )
    return found


def check_one_query(qids: pd.Series, queries: pd.Series) -> None:
    """Refuses a query id that has two texts: their documents would be ranked as if they answered one query.

    Args:
        qids: The id of each row.
        queries: The text of each row.

    Raises:
        OpticalError: There is one.

    Example:
        >>> check_one_query(pd.Series(["q1", "q1"]), pd.Series(["mto", "maji"]))
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: The qid 'q1' has the queries 'mto' and 'maji': give each its own qid.
    """
    texts: dict[object, str] = {}
    for qid, query in zip(qids.tolist(), queries.tolist(), strict=True):
        other = texts.setdefault(qid, query)
        if other != query:
            raise OpticalError(
                f"The qid {shown(qid, 40)} has the queries {shown(other, 60)} and {shown(query, 60)}: give each its "
                "own qid."
            )


def with_numbers(frame: pd.DataFrame, name: str, least: float = -np.inf) -> pd.DataFrame:
    """The frame with a column as float64, whatever type its numbers came in; texts of numbers too.

    Args:
        frame: Has the column.
        name: Its name.
        least: The smallest number that it may have.

    Raises:
        OpticalError: A value is no finite number, or below that.

    Example:
        >>> with_numbers(pd.DataFrame({"score": ["10", "9.5"]}), "score")["score"].tolist()
        [10.0, 9.5]
    """
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = np.flatnonzero(~np.isfinite(values) | (values < least))
    if len(wrong):
        value = frame[name].iloc[wrong[0]]
        from_least = "" if least == -np.inf else f" of at least {least}"
        raise OpticalError(
            f"Row {wrong[0]} of the frame has the {name} {shown(value)}: give a finite number{from_least}."
        )
    return frame.assign(**{name: values})


def check_field(name: str, value: object) -> None:
    """Refuses what is no name of a column.

    Raises:
        OpticalError: It is none.
    """
    if not isinstance(value, str) or not value:
        raise OpticalError(f"{name}={shown(value)} is no name of a column: give one, as text.")


def several(texts: Iterable[str]) -> list[str]:
    """Texts as a list; one text by itself, whose letters would pass as texts, is refused.

    Raises:
        OpticalError: ``texts`` is one text.

    Example:
        >>> several(text for text in ("mto", "maji"))
        ['mto', 'maji']
    """
    if isinstance(texts, str):
        raise OpticalError(f"texts={shown(texts)} is one text: give a list of texts.")
    return list(texts)


def texts_of(column: pd.Series) -> pd.Series:
    """A column's texts; a missing one is the empty text, and a number is what it looks like.

    Raises:
        OpticalError: A value is something else, or half of a surrogate pair is in a text: neither is text that a
            tokenizer takes.

    Example:
        >>> texts_of(pd.Series(["mto", None, 7])).tolist()
        ['mto', '', '7']
    """
    values = column.tolist()
    if set(map(type, values)) != {str}:
        values = column.astype(object).where(column.notna(), "").tolist()
    for kind in set(map(type, values)):
        if not issubclass(kind, (str, Number)):
            row = next(row for row, value in enumerate(values) if type(value) is kind)
            raise OpticalError(
                f"Row {row} of the column {shown(column.name, 60)} holds {shown(values[row], 120)}: give a text."
            )
    # Pandas itself can make no column of text out of half a surrogate pair.
    texts = pd.Series([str(value) for value in values], index=column.index, name=column.name, dtype=object)
    for row, text in enumerate(texts):
        if _is_broken(text):
            raise OpticalError(
                f"Row {row} of the column {shown(column.name, 60)} has half of a surrogate pair, which is no "
                "character: take it out, as by text.encode(errors='replace').decode()."
            )
    return texts


def _is_broken(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False
