"""The files of AfriQA's gold passages, read into one table."""

import json
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.unpack import lines, unpacked
from pyterrier_optical.datasets.download import fetch
from pyterrier_optical.datasets.folders import download_folder, find_file
from pyterrier_optical.datasets.reading import check_texts, reading

# Gold passages were published for these only. Fon is not among them: its passages are French.
LANGUAGES_OF = {
    "train": ("bem", "hau", "ibo", "kin", "twi", "yor", "zul"),
    "dev": ("bem", "hau", "ibo", "kin", "twi", "zul"),
    "test": ("bem", "hau", "ibo", "kin", "swa", "twi", "yor", "zul"),
}
URL = "https://raw.githubusercontent.com/masakhane-io/afriqa/main/data/gold_passages"
COLUMNS = ("id", "question_lang", "question_translated", "context", "title")


def read_split(split: str) -> pd.DataFrame:
    """All rows of all languages with English passages.

    Each file is looked for as ``afriqa/gold_span_passages.afriqa.<lang>.en.<split>.json[.gz]`` in the data folder, and
    downloaded once when it is not there.

    Args:
        split: "train", "dev" or "test".

    Returns:
        The columns of :data:`COLUMNS` and ``answer`` as str, "" where the source has nothing, and ``lang`` (ISO 639-3).

    Raises:
        OpticalError: A file is neither on this machine nor available, or is not what it should be.
    """
    tables = [_table(_find(lang, split)).assign(lang=lang) for lang in LANGUAGES_OF[split]]
    return pd.concat(tables, ignore_index=True)


def _find(lang: str, split: str) -> Path:
    name = f"gold_span_passages.afriqa.{lang}.en.{split}.json"
    return find_file(f"afriqa/{name}") or fetch(f"{URL}/{lang}/{name}", download_folder() / "afriqa" / name, _table)


def _table(path: Path) -> pd.DataFrame:
    with reading(path, "a file of AfriQA's gold passages"):
        with unpacked(path) as file:
            entries = [json.loads(line) for line in lines(file, str(path)) if line.strip()]
        # A missing value is null or NaN in the source: both are no str.
        rows = [
            [text if isinstance(text, str) else "" for text in (*(entry[key] for key in COLUMNS), _answer(entry))]
            for entry in entries
        ]
        for row in rows:
            check_texts(row)
    return pd.DataFrame(rows, columns=[*COLUMNS, "answer"])


def _answer(entry: dict) -> object:
    return next(iter((entry.get("answer_pivot") or {}).get("text") or ()), "")
