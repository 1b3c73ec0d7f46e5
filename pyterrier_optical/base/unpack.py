"""Compressed files as streams with an end: a small file that unpacks to gigabytes is refused before it fills memory."""

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyterrier_optical.errors import OpticalError, shown

#: Text shrinks to a tenth, tables of equal rows to a hundredth; a file made to do harm to a thousandth.
MAX_RATIO = 200
#: What a file may unpack to in any case, in bytes.
FREE = 64 << 20
#: Most characters of one line.
MAX_LINE = 1 << 20
#: Most bytes of a file that is read whole.
MAX_WHOLE = 1 << 30

#: What damaged gzip and zip files raise while they are read.
DAMAGED = (
    *(EOFError, gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(struct.error, NotImplementedError),
)


class _Bounded(io.RawIOBase):
    """A stream that raises `OpticalError` when it gives more bytes than `limit`."""

    def __init__(self, stream, limit: int, name: str):
        self._stream, self._left, self._name = stream, limit, name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        block = self._stream.read(len(buffer))
        self._left -= len(block)
        if self._left < 0:
            raise OpticalError(
                f"{shown(self._name)} unpacks to more than {MAX_RATIO} times its size: unpack it yourself if it is to "
                "be trusted."
            )
        buffer[: len(block)] = block
        return len(block)


def _bounded(stream, packed: int, name: str) -> io.BufferedReader:
    return io.BufferedReader(_Bounded(stream, max(FREE, MAX_RATIO * packed), name), 1 << 16)


@contextmanager
def unpacked(path: Path) -> Iterator[io.BufferedReader]:
    """The bytes of a file, unpacked where its name ends in ``.gz``.

    Raises:
        OpticalError: The file unpacks to more than 64 MiB and 200 times its size.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "sw.tsv.gz"
        >>> _ = path.write_bytes(gzip.compress(b"river"))
        >>> with unpacked(path) as file:
        ...     file.read()
        b'river'
    """
    if path.suffix != ".gz":
        with path.open("rb") as file:
            yield file
        return
    with gzip.open(path) as file:
        yield _bounded(file, path.stat().st_size, str(path))


@contextmanager
def unpacked_member(archive: zipfile.ZipFile, name: str) -> Iterator[io.BufferedReader]:
    """The bytes of a member of a zip archive.

    Raises:
        OpticalError: As `unpacked`; or the member has a password.
    """
    where = f"{archive.filename}:{name}"
    try:
        file = archive.open(name)
    except (RuntimeError, NotImplementedError) as error:  # a password, an unknown compression
        raise OpticalError(f"{shown(where)} cannot be unpacked ({shown(error, 100)}): unpack it yourself.") from error
    with file:
        yield _bounded(file, archive.getinfo(name).compress_size, where)


def read_whole(file: io.BufferedReader, name: str) -> str:
    """The text of a stream that is read whole, in UTF-8.

    Raises:
        OpticalError: It is longer than a gibibyte.
        UnicodeDecodeError: It is not UTF-8.
    """
    content = file.read(MAX_WHOLE + 1)
    if len(content) > MAX_WHOLE:
        raise OpticalError(f"{shown(name)} is larger than {MAX_WHOLE >> 20} MiB: it is not the file it should be.")
    return content.decode("utf-8")


def lines(file: io.BufferedReader, name: str) -> Iterator[str]:
    """The lines of a stream in UTF-8, their ends included, without a byte order mark.

    Raises:
        OpticalError: A line has more than a million characters.
        UnicodeDecodeError: It is not UTF-8.

    Example:
        >>> list(lines(io.BufferedReader(io.BytesIO(b"one\\ntwo")), "a.txt"))
        ['one\\n', 'two']
    """
    # A byte order mark, which some editors write, is no part of the first sentence.
    text = io.TextIOWrapper(file, encoding="utf-8-sig")
    number = 0
    while line := text.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise OpticalError(
                f"Line {number} of {shown(name)} has more than {MAX_LINE} characters: give a text file of sentences."
            )
        yield line
