"""What can be wrong with a file of a data set, in one sentence."""

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pyterrier_optical.errors import OpticalError, shown

# Damaged compression, other encodings, JSON that is none, lacks something or nests too deep.
_WRONG = (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError, zlib.error, zipfile.BadZipFile)


@contextmanager
def reading(path: Path | str, what: str, way_out: str = "fetch it again") -> Iterator[None]:
    """Turns what goes wrong in its body into one sentence.

    Args:
        path: The file.
        what: What it should be.
        way_out: What to do.

    Raises:
        OpticalError: There is no such file, or something else went wrong.

    Example:
        >>> with reading("sw.json", "a file of questions"):
        ...     json.loads("[")                                                          # doctest: +SKIP
        OpticalError: sw.json is not a file of questions (JSONDecodeError(...)): fetch it again.
    """
    # Not isfile: a run may come through a pipe.
    if os.path.isdir(path) or not os.path.exists(path):
        raise OpticalError(f"There is no file {shown(str(path))}: give the path of {what}.")
    try:
        yield
    except OpticalError:
        raise
    except _WRONG as error:
        raise OpticalError(f"{path} is not {what} ({reason(error)}): {way_out}.") from error


def reason(error: Exception) -> str:
    """What went wrong, as a message says it: the words of a plain ValueError, and any other error with its name.

    Example:
        >>> reason(ValueError("it is empty")), reason(EOFError())
        ('it is empty', 'EOFError()')
    """
    words = str(error)
    return words if type(error) is ValueError and 0 < len(words) <= 100 else shown(error, 100)


def check_texts(texts: Iterable[object]) -> None:
    """Refuses what no later stage can encode.

    Raises:
        TypeError: One is no text.
        UnicodeEncodeError: Half of a surrogate pair is in one; JSON can escape it, UTF-8 cannot hold it.

    Example:
        >>> check_texts(["mto", "maji"])
    """
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"{shown(text, 60)} where a text belongs")
        text.encode()
