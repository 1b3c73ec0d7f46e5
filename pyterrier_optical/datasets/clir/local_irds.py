"""Collections of local files as ir_datasets data sets, read by ir_datasets' own formats."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

import ir_datasets
from ir_datasets.datasets.base import Dataset
from ir_datasets.formats import GenericDoc, JsonlDocs, TrecQrels, TsvDocs, TsvQueries

from pyterrier_optical.base.unpack import unpacked
from pyterrier_optical.datasets.clir import layouts
from pyterrier_optical.datasets.folders import data_folder, download_folder, find_file

CIRAL_LABELS = {1: "relevant", 0: "not relevant"}
AFRICLIRMATRIX_LABELS = dict.fromkeys(range(7), "grade of the English article's BM25 score, as in CLIRMatrix")


class NewsPassage(NamedTuple):
    """A passage of a news article."""

    doc_id: str
    title: str
    text: str
    url: str

    def default_text(self) -> str:
        """Title and text."""
        return f"{self.title} {self.text}"


class WikipediaPassage(NamedTuple):
    """A passage of a Wikipedia article."""

    doc_id: str
    text: str
    title: str

    def default_text(self) -> str:
        """Title and text."""
        return f"{self.title} {self.text}"


class LocalFile:
    """What ir_datasets' formats read: a file of the data folder, else of the download folder, plain or ``.gz``.

    Args:
        place: Path inside these folders.
    """

    def __init__(self, place: str):
        self.place = place

    def path(self, force: bool = True) -> Path:
        """Where the file is; unless ``force``, where ir_datasets may keep what it derives from it.

        Raises:
            FileNotFoundError: It is nowhere.
        """
        if not force:
            return ir_datasets.util.home_path() / "optical" / self._version() / self.place
        if found := find_file(self.place, downloaded=True):
            return found
        roots = filter(None, (data_folder(), download_folder()))
        raise FileNotFoundError(f"no {self.place} in {' or '.join(map(str, roots))}")

    def _version(self) -> str:
        """Tells the file from another of its name, as ir_datasets does not look whether it is still the same."""
        with suppress(OSError):  # also where PyTerrier cannot make its own folder
            if found := find_file(self.place, downloaded=True):
                return f"{found.stat().st_size}-{found.stat().st_mtime_ns}"
        return "none"

    @contextmanager
    def stream(self) -> Iterator[BinaryIO]:
        """The file's bytes."""
        with unpacked(self.path()) as file:
            yield file


def local_datasets() -> Iterator[tuple[str, Dataset]]:
    """Each name with its data set; no file is read."""
    for lang in layouts.CIRAL_LANGUAGES:
        for judgments in layouts.CIRAL_SETS:
            name = f"ciral/{lang}/{judgments}"
            yield name, _dataset(f"ciral/{lang}", layouts.ciral(lang, judgments), lang, CIRAL_LABELS, NewsPassage)
    for lang in layouts.AFRICLIRMATRIX_LANGUAGES:
        name = f"africlirmatrix/{lang}"
        yield name, _dataset(name, layouts.africlirmatrix(lang), lang, AFRICLIRMATRIX_LABELS, GenericDoc)


def wikipedia_passages() -> TsvDocs:
    """English Wikipedia as AfriQA cut it."""
    file = LocalFile(layouts.WIKIPEDIA)
    return TsvDocs(file, doc_cls=WikipediaPassage, namespace="afriqa/en", lang="en", skip_first_line=True)


def _dataset(namespace: str, layout: layouts.Layout, lang: str, labels: dict[int, str], doc_cls) -> Dataset:
    mapping = {field: field for field in doc_cls._fields} | {"doc_id": "docid"}
    if doc_cls is GenericDoc:
        mapping = {"doc_id": "id", "text": "contents"}
    return Dataset(
        JsonlDocs(LocalFile(layout.documents), doc_cls=doc_cls, mapping=mapping, namespace=namespace, lang=lang),
        TsvQueries(LocalFile(layout.topics), namespace=namespace, lang="en"),
        TrecQrels(LocalFile(layout.qrels), labels),
    )
