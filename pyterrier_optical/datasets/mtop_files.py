"""The files MTOP comes in, read into one table: the parallel JSON, and the official release."""

import json
import warnings
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.unpack import read_whole, unpacked, unpacked_member
from pyterrier_optical.datasets.download import fetch
from pyterrier_optical.datasets.folders import data_folder, download_folder
from pyterrier_optical.datasets.reading import check_texts, reading
from pyterrier_optical.errors import OpticalError

LANGUAGES = ("en", "de", "es", "fr", "hi", "th")
SPLITS = ("train", "dev", "test")
URL = "https://dl.fbaipublicfiles.com/mtop/mtop.zip"

_OFFICIAL_FILES = {"train": "train.txt", "dev": "eval.txt", "test": "test.txt"}
_OFFICIAL_COLUMNS = ("id", "intent", "slots", "utterance", "domain", "locale", "parse", "tokens")
_PUBLISHED_ENGLISH = {"dev": 2235, "test": 4386}


def read_split(split: str) -> pd.DataFrame:
    """The utterances of one split that exist in all six languages.

    Looked for in this order: the parallel JSON ``mtop/<split>.json.gz`` in the data folder; there, the official release
    as ``mtop.zip``, ``mtop/mtop.zip``, ``mtop/<lang>/`` or ``mtop/mtop/<lang>/``; the official release from its home,
    which is downloaded once. Utterances are the tokens joined by spaces, as in the JSON.

    Args:
        split: One of :data:`SPLITS`; the JSON has no train.

    Returns:
        One row an utterance: ``id`` (unique), one column of text per language of :data:`LANGUAGES`, and ``parse``, the
        English decoupled parse.

    Raises:
        OpticalError: The data are neither on this machine nor available, or are not what they should be.
    """
    folder = data_folder()
    if folder:
        if (parallel := folder / "mtop" / f"{split}.json.gz").is_file():
            return _parallel_json(parallel)
        for archive in (folder / "mtop.zip", folder / "mtop" / "mtop.zip"):
            if archive.is_file():
                return read_zip(archive, split)
        for root in (folder / "mtop", folder / "mtop" / "mtop"):
            if (root / "en" / _OFFICIAL_FILES[split]).is_file():
                return _official(partial(_from_folder, root), split)
    return read_zip(fetch(URL, download_folder() / "mtop.zip", check_release), split)


def read_zip(archive: Path, split: str) -> pd.DataFrame:
    """One split of the official ``mtop.zip``; the table of :func:`read_split`."""
    with (
        reading(archive, "a whole zip archive of MTOP", f"delete it and fetch {URL} again"),
        zipfile.ZipFile(archive) as opened,
    ):
        return _official(partial(_from_zip, opened), split)


def check_release(archive: Path) -> None:
    """Read all of a freshly downloaded release.

    Args:
        archive: The ``mtop.zip``.

    Raises:
        OpticalError: It does not have the layout of the official release, or no utterance in all six languages.

    Warns:
        UserWarning: The number of English utterances is not the published one.
    """
    for split in SPLITS:
        if read_zip(archive, split).empty:
            raise OpticalError(f"The MTOP release from {URL} has no {split} utterance in all six languages.")
    with zipfile.ZipFile(archive) as opened:
        for split, published in _PUBLISHED_ENGLISH.items():
            found = len(_table(*_from_zip(opened, "en", split)))
            if found != published:
                warnings.warn(
                    f"The MTOP release from {URL} has {found} English {split} utterances instead of {published}.",
                    stacklevel=2,
                )


def _parallel_json(path: Path) -> pd.DataFrame:
    """A list of ``{id, question: {lang: text}, mr: {slot_intent: {lang: parse}}}``."""
    with reading(path, "MTOP's parallel JSON", "fetch the file again"):
        with unpacked(path) as file:
            entries = json.loads(read_whole(file, str(path)))
        rows = [
            {"id": _short(entry["id"]), **{lang: entry["question"][lang] for lang in LANGUAGES}}
            | {"parse": entry["mr"]["slot_intent"]["en"]}
            for entry in entries
        ]
        for row in rows:
            check_texts(row.values())
    return pd.DataFrame(rows, columns=["id", *LANGUAGES, "parse"]).drop_duplicates("id", ignore_index=True)


def _official(read: Callable[[str, str], tuple[str, str]], split: str) -> pd.DataFrame:
    tables = {lang: _table(*read(lang, split)) for lang in LANGUAGES}
    texts = pd.concat({lang: table["text"] for lang, table in tables.items()}, axis="columns", join="inner")
    parses = tables["en"]["parse"]
    return texts.assign(parse=parses).reindex(parses.index[parses.index.isin(texts.index)]).reset_index()


def _table(where: str, content: str) -> pd.DataFrame:
    """Columns ``text`` and ``parse`` by ``id`` of one official TSV, which has no header and no quoting."""
    rows = []
    for number, line in enumerate(content.split("\n"), start=1):
        fields = line.rstrip("\r").split("\t")
        if fields == [""]:
            continue
        if len(fields) != len(_OFFICIAL_COLUMNS):
            wanted = ", ".join(_OFFICIAL_COLUMNS)
            raise OpticalError(f"Line {number} of {where} has {len(fields)} columns instead of 8 ({wanted}).")
        row = dict(zip(_OFFICIAL_COLUMNS, fields, strict=True))
        try:
            text = " ".join(json.loads(row["tokens"])["tokens"])
            text.encode()
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise OpticalError(f"Line {number} of {where} has no list of tokens in its last column.") from error
        rows.append((_short(row["id"]), text, row["parse"]))
    return pd.DataFrame(rows, columns=["id", "text", "parse"]).drop_duplicates("id").set_index("id")


def _from_folder(root: Path, lang: str, split: str) -> tuple[str, str]:
    path = root / lang / _OFFICIAL_FILES[split]
    if not path.is_file():
        raise OpticalError(f"MTOP's file {path} is missing: unpack the whole of {URL} there.")
    with reading(path, f"a file of MTOP, from {URL}"), unpacked(path) as file:
        return str(path), read_whole(file, str(path))


def _from_zip(archive: zipfile.ZipFile, lang: str, split: str) -> tuple[str, str]:
    wanted = f"{lang}/{_OFFICIAL_FILES[split]}"
    for member in archive.namelist():
        if member in (wanted, f"mtop/{wanted}"):
            with unpacked_member(archive, member) as file:
                where = f"{archive.filename}:{member}"
                return where, read_whole(file, where)
    raise OpticalError(f"{archive.filename} has no member mtop/{wanted}: it is not the official release from {URL}.")


def _short(utterance_id: str) -> str:
    """The number behind an id such as ``3132333435363738``, its digits in hexadecimal: 12345678.

    Terrier keeps 20 characters of a document number by default, too few for ``train-`` and the long form.
    """
    if len(utterance_id) < 12:
        return utterance_id
    try:
        decoded = bytes.fromhex(utterance_id).decode("ascii")
    except ValueError:
        return utterance_id
    return decoded if decoded.isdigit() else utterance_id
