"""A small collection inside the package: a demonstration and a smoke test, no benchmark."""

from functools import cached_property
from pathlib import Path

import pandas as pd

from pyterrier_optical.datasets.collection import Collection
from pyterrier_optical.errors import OpticalError, shown

FOLDER = Path(__file__).parent / "sample_data"
NAMES = "sample/<language>"


class SampleCollection(Collection):
    """Short English documents on many topics, queries of one language, graded judgments; all written for this package.

    Args:
        name: The identifier.
        lang: Language of the queries; there is a file ``topics.<lang>.tsv``.
        folder: Where the files are.
    """

    title = "OPTICAL sample"
    description = "Short English documents and queries in many languages: a demonstration, no benchmark."
    url = "https://arxiv.org/abs/2301.12566"
    document_fields = ("text", "title")
    licence = "CC0-1.0"
    label_meanings = {  # noqa: RUF012
        2: "the document answers the need",
        1: "related and partly useful",
        0: "a near miss that was looked at",
    }

    def __init__(self, name: str, lang: str, folder: Path = FOLDER):
        super().__init__(name, lang, "en")
        self.folder = folder

    @cached_property
    def documents(self) -> pd.DataFrame:
        return _read(self.folder / "documents.tsv")[["docno", *self.document_fields]]

    @cached_property
    def topics(self) -> pd.DataFrame:
        return _read(self.folder / f"topics.{self.query_lang}.tsv")

    @cached_property
    def qrels(self) -> pd.DataFrame:
        qrels = _read(self.folder / "qrels.tsv").astype({"label": "int64"})
        return qrels[qrels["qid"].isin(self.topics["qid"])].reset_index(drop=True)


def names() -> list[str]:
    """Every identifier of the sample."""
    return [f"sample/{lang}" for lang in languages()]


def languages() -> list[str]:
    """The languages that have queries."""
    return sorted(path.name.split(".")[1] for path in FOLDER.glob("topics.*.tsv"))


def collection(name: str) -> SampleCollection:
    """The collection of that name.

    Args:
        name: Such as ``sample/sw``.

    Raises:
        OpticalError: There is none of that name.
    """
    if name not in names():
        raise OpticalError(
            f"No data set {shown(name)}: the names are {NAMES}, with the languages {', '.join(languages())}."
        )
    return SampleCollection(name, name.split("/")[1])


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, quoting=3, encoding="utf-8")
