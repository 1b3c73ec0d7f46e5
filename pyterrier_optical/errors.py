"""The one exception users meet, and how its messages quote what users gave."""

import numpy as np


class OpticalError(ValueError):
    """A mistake the user can fix.

    The message is one sentence that names the input and the way out; the command line prints it without a traceback.

    Example:
        >>> raise OpticalError("No file 'bitext.tsv': give the path of an existing TSV file.")
        Traceback (most recent call last):
        ...
        pyterrier_optical.errors.OpticalError: No file 'bitext.tsv': give the path of an existing TSV file.
    """


def shown(value: object, limit: int = 200) -> str:
    """A value as a message quotes it: its `repr`, the middle cut out where it is long.

    Args:
        value: Anything: a path, an option, a cell of a frame, a line of a file.
        limit: Most characters. Messages with more than one value share 200 among them.

    Example:
        >>> shown("mto"), shown("mto " * 100, limit=20)
        ("'mto'", "'mto mto...mto mto '")
    """
    if isinstance(value, np.generic):
        value = value.item()  # 7, not np.int64(7)
    if isinstance(value, (str, bytes)) and len(value) > 2 * limit:
        value = value[:limit] + value[-limit:]  # type: ignore[operator] # no need to write out a whole book
    text = repr(value)
    if len(text) <= limit:
        return text
    head = (limit - 3) // 2
    return f"{text[:head]}...{text[len(text) - (limit - 3 - head) :]}"
