"""Files of bitext, in the forms that people and sites keep them: TSV, two parallel files, TMX, OPUS's zip."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from pyterrier_optical.base.language_names import same_language
from pyterrier_optical.base.unpack import DAMAGED, lines, unpacked, unpacked_member
from pyterrier_optical.distill.data.tmx import read_tmx
from pyterrier_optical.errors import OpticalError, shown

Pair = tuple[str, str]

#: Column numbers of English and the translation, from 1.
FIRST_TWO = (1, 2)


def read_file(path: Path, lang: str | None, columns: Sequence[int] | None = None) -> Iterator[Pair]:
    """The pairs of one file, by the ending of its name.

    Args:
        path: A TSV file (any ending), `.tmx`, both also with `.gz`, or a `.zip` that holds two parallel files whose
            names end in the languages' codes (OPUS's "moses" form), or one TSV or TMX file.
        lang: The translation's language code; `.tmx` and `.zip` need it.
        columns: The columns of a TSV file that are English and the translation, from 1; the first two by default.

    Raises:
        OpticalError: If the file is missing, damaged, or of another form.
    """
    kind = path.name.removesuffix(".gz").rpartition(".")[2]
    if kind not in ("tmx", "zip"):
        return read_tsv(path, columns or FIRST_TWO)
    if columns is not None and kind == "tmx":
        raise OpticalError(f"{shown(str(path))} has no columns: leave 'columns' to TSV files.")
    if not lang:
        raise OpticalError(f"{shown(str(path))} may hold several languages: give 'lang', the translation's code.")
    return _read_tmx(path, lang) if kind == "tmx" else _read_zip(path, lang, columns)


def read_tsv(path: Path, columns: Sequence[int] = FIRST_TWO) -> Iterator[Pair]:
    """The two columns of each line of a TSV file."""
    return _pairs_of_lines(_lines(path), str(path), columns)


def read_parallel(english: Path, translation: Path) -> Iterator[Pair]:
    """The lines of two files, side by side."""
    return _side_by_side(_lines(english), _lines(translation), str(english), str(translation))


def first_row(path: Path) -> list[str]:
    """The columns of a TSV file's first line."""
    return next(_lines(path), "").rstrip("\r\n").split("\t")


def _lines(path: Path) -> Iterator[str]:
    with _guarded(path), unpacked(path) as file:
        yield from lines(file, str(path))


@contextmanager
def _guarded(path: Path) -> Iterator[None]:
    """What goes wrong while a file is read, in one sentence with its name."""
    if not path.is_file():
        raise OpticalError(
            f"No bitext file {shown(str(path))}: give the path of an existing .tsv, .tsv.gz, .tmx, .zip or text file."
        )
    try:
        yield
    except UnicodeDecodeError as error:
        raise OpticalError(f"{shown(str(path))} is not UTF-8: convert it, with iconv for one.") from error
    except DAMAGED as error:
        kind = "zip" if path.suffix == ".zip" else "gzip"
        raise OpticalError(
            f"{shown(str(path))} is no whole {kind} file ({shown(str(error), 60)}): fetch or write it again."
        ) from error
    except OSError as error:
        raise OpticalError(f"{shown(str(path))} cannot be read ({error.strerror or error}): fix that.") from error


def _pairs_of_lines(of_file: Iterator[str], name: str, columns: Sequence[int]) -> Iterator[Pair]:
    english, translation = (number - 1 for number in columns)
    for number, line in enumerate(of_file, 1):
        row = line.rstrip("\r\n").split("\t")
        if not line.strip():
            yield "", ""  # an empty line is an empty pair
        elif len(row) > max(english, translation):
            yield row[english], row[translation]
        elif len(row) < 2:
            raise OpticalError(
                f"Line {number} of {shown(name)} has no tab: write one pair per line as english<TAB>translation."
            )
        else:
            raise OpticalError(
                f"Line {number} of {shown(name)} has {len(row)} columns: fix 'columns', which names {max(columns)}."
            )


def _side_by_side(english: Iterator[str], translation: Iterator[str], *names: str) -> Iterator[Pair]:
    for number, (one, two) in enumerate(zip_longest(english, translation), 1):
        if one is None or two is None:
            shorter = names[0] if one is None else names[1]
            raise OpticalError(
                f"{shown(shorter)} ends at line {number - 1} before its partner: parallel files need one line per pair."
            )
        yield one, two


def _read_tmx(path: Path, lang: str) -> Iterator[Pair]:
    with _guarded(path), unpacked(path) as file:
        yield from read_tmx(file, str(path), lang)


def _read_zip(path: Path, lang: str, columns: Sequence[int] | None) -> Iterator[Pair]:
    with _guarded(path), zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if not name.endswith("/")]
        sides = [[name for name in members if same_language(name.rpartition(".")[2], of)] for of in ("en", lang)]
        if all(len(names) == 1 for names in sides):
            (one,), (two,) = sides
            with unpacked_member(archive, one) as english, unpacked_member(archive, two) as translation:
                yield from _side_by_side(lines(english, one), lines(translation, two), one, two)
            return
        tables = [name for name in members if name.endswith((".tsv", ".tmx"))]
        if len(tables) != 1:
            raise OpticalError(
                f"{shown(str(path), 100)} holds {shown(members, 100)}, and not one file ending in .en and one in "
                f".{lang}: unpack it and name its files by 'english' and 'translation'."
            )
        with unpacked_member(archive, tables[0]) as file:
            name = f"{path}:{tables[0]}"
            if tables[0].endswith(".tmx"):
                yield from read_tmx(file, name, lang)
            else:
                yield from _pairs_of_lines(lines(file, name), name, columns or FIRST_TWO)
