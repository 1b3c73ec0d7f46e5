"""The files of XQuAD-R, one a language, read into tables."""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.unpack import read_whole, unpacked
from pyterrier_optical.datasets.download import fetch
from pyterrier_optical.datasets.folders import download_folder, find_file
from pyterrier_optical.datasets.reading import check_texts, reading
from pyterrier_optical.errors import OpticalError

LANGUAGES = ("en", "ar", "de", "el", "es", "hi", "ru", "th", "tr", "vi", "zh")
URL = "https://raw.githubusercontent.com/google-research-datasets/lareqa/master/xquad-r"
PARAGRAPHS, QUESTIONS = 240, 1190


@dataclass(frozen=True)
class Parallel:
    """What XQuAD-R has in one language; names and numbers are the same in all of them.

    Attributes:
        paragraphs: Columns ``docno``, the article's title and the paragraph's number in it, and ``text``.
        questions: Columns ``qid``, ``query``, and ``docno``, the paragraph that holds the answer.
    """

    paragraphs: pd.DataFrame
    questions: pd.DataFrame


def read_language(lang: str) -> Parallel:
    """The paragraphs and questions of one language.

    Looked for as ``xquad_r/<lang>.json[.gz]`` in the data folder, or ``xquad-r/...`` as in the repository it is
    published in, and downloaded once when it is not there.

    Args:
        lang: One of :data:`LANGUAGES`.

    Raises:
        OpticalError: The file is neither on this machine nor available, or is not what it should be.
    """
    return read_file(_find(lang))


def read_file(path: Path) -> Parallel:
    """SQuAD's JSON, ``data[].paragraphs[].qas[]``, as tables.

    Raises:
        OpticalError: It is something else.
    """
    paragraphs, questions = [], []
    with reading(path, "a file of XQuAD-R"):
        with unpacked(path) as file:
            articles = json.loads(read_whole(file, str(path)))["data"]
        for article in articles:
            for number, paragraph in enumerate(article["paragraphs"]):
                docno = f"{article['title']}-{number}"
                paragraphs.append((docno, paragraph["context"]))
                questions += [(entry["id"], entry["question"], docno) for entry in paragraph["qas"]]
        for row in paragraphs + questions:
            check_texts(row)
    return Parallel(
        pd.DataFrame(paragraphs, columns=["docno", "text"]), pd.DataFrame(questions, columns=["qid", "query", "docno"])
    )


def check_release(path: Path, lang: str) -> None:
    """Read a freshly downloaded file.

    Raises:
        OpticalError: It is no file of XQuAD-R, or has another number of paragraphs or questions than was published.
    """
    found = read_file(path)
    counts = len(found.paragraphs), len(found.questions)
    if counts != (PARAGRAPHS, QUESTIONS):
        raise OpticalError(
            f"{URL}/{lang}.json has {counts[0]} paragraphs and {counts[1]} questions instead of {PARAGRAPHS} and "
            f"{QUESTIONS}: put the published file into the data folder yourself."
        )


def _find(lang: str) -> Path:
    name = f"{lang}.json"
    if found := find_file(f"xquad_r/{name}", f"xquad-r/{name}"):
        return found
    return fetch(f"{URL}/{name}", download_folder() / "xquad_r" / name, partial(check_release, lang=lang))
