"""The files MTOP comes in, read into one table."""

import gzip
import json
from pathlib import Path

import pandas as pd

from pyterrier_optical.datasets.folders import data_folder
from pyterrier_optical.errors import OpticalError

LANGUAGES = ("en", "de", "es", "fr", "hi", "th")
SPLITS = ("train", "dev", "test")


def read_split(split: str) -> pd.DataFrame:
    """The utterances of one split that exist in all six languages.

    Args:
        split: One of :data:`SPLITS`.

    Returns:
        One row an utterance: ``id``, one column of text per language of :data:`LANGUAGES`, and ``parse``, the English
        decoupled parse.

    Raises:
        OpticalError: The data are neither on this machine nor to be had, or are not what they should be.
    """
    folder = data_folder()
    if folder and (parallel := folder / "mtop" / f"{split}.json.gz").is_file():
        return _parallel_json(parallel)
    raise OpticalError(f"MTOP's {split} split is not in {folder}: name its folder in OPTICAL_DATA.")


def _parallel_json(path: Path) -> pd.DataFrame:
    """A list of ``{id, question: {lang: text}, mr: {slot_intent: {lang: parse}}}``."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            entries = json.load(file)
        rows = [
            {"id": _short(entry["id"]), **{lang: entry["question"][lang] for lang in LANGUAGES}}
            | {"parse": entry["mr"]["slot_intent"]["en"]}
            for entry in entries
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OpticalError(f"{path} is not MTOP's parallel JSON ({error!r}): fetch the file again.") from error
    return pd.DataFrame(rows, columns=["id", *LANGUAGES, "parse"])


def _short(utterance_id: str) -> str:
    """The number behind an id such as ``3132333435363738``, its digits in hexadecimal: 12345678.

    Terrier keeps 20 characters of a document number by default, too few for ``train-`` and the long form.
    """
    try:
        decoded = bytes.fromhex(utterance_id).decode("ascii")
    except ValueError:
        return utterance_id
    return decoded if decoded.isdigit() else utterance_id
