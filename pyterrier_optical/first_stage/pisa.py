"""BM25 by PISA, which needs no Java; its scores are brought to Terrier's scale."""

import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from weakref import finalize

import pandas as pd

# PISA repeats a query term as often as its weight says: weights become whole numbers of at most this, and fewer when a
# query is so long that the repetitions would grow past the second limit.
_FINEST_WEIGHT = 10_000
_MOST_REPETITIONS = 100_000
# Documents whose words are in memory at once; PISA's 100,000 are gigabytes when documents are long.
_DOCUMENTS_AT_ONCE = 10_000


def why_not() -> str | None:
    """Why PISA cannot be used here, or None when it can."""
    return None if find_spec("pyterrier_pisa") else "the package pyterrier_pisa is not installed"


def build(folder: Path, documents: Iterable[tuple[str, dict[str, int]]], docno_bytes: int) -> None:
    """Writes a PISA index into an empty folder; arguments as for Terrier's."""
    with _quiet():
        # At PISA's scale of 100 a single occurrence would already saturate BM25.
        indexer = _open(folder).toks_indexer(scale=1, batch_size=_DOCUMENTS_AT_ONCE)
        indexer.index({"docno": docno, "toks": toks} for docno, toks in documents)


class Searcher:
    """Queries a PISA index; arguments as for Terrier's."""

    def __init__(self, folder: Path, terms: Mapping[str, int], num_docs: int, k1: float, b: float):
        self.folder, self.k1, self.b = folder, k1, b
        try:
            _prepare(folder, k1, b)
        except OSError:  # the index is read-only: a folder of links to its files is not
            links = TemporaryDirectory(prefix="optical-bm25-", ignore_cleanup_errors=True)
            finalize(self, links.cleanup)
            self.folder = Path(links.name)
            _link_files(folder, self.folder)
            _prepare(self.folder, k1, b)

    def search(self, queries: list[dict[str, float]], num_results: int) -> pd.DataFrame:
        """Ranks documents for weighted queries; arguments and result as for Terrier's."""
        scales = [_scale(weights) for weights in queries]
        toks = [
            {term: max(1.0, round(weight * scale)) for term, weight in weights.items()}
            for weights, scale in zip(queries, scales, strict=True)
        ]
        with _quiet():
            retriever = _open(self.folder).bm25(
                self.k1, self.b, num_results=num_results, query_weighted=True, toks_scale=1
            )
        found = retriever.transform(pd.DataFrame({"qid": range(len(queries)), "query_toks": toks}))
        # PISA's idf is a natural logarithm, Terrier's a binary one.
        scale = found["qid"].map(dict(enumerate(scales))) * math.log(2)
        return pd.DataFrame({"query": found["qid"], "docno": found["docno"], "score": found["score"] / scale})


def _open(folder: Path):
    from pyterrier_pisa import PisaIndex

    return PisaIndex(str(folder), stemmer="none", stops="none")


def _scale(weights: dict[str, float]) -> float:
    largest = max(weights.values())
    repetitions = sum(weights.values()) / largest
    return min(_FINEST_WEIGHT, max(1, int(_MOST_REPETITIONS / repetitions))) / largest


def _prepare(folder: Path, k1: float, b: float) -> None:
    """Writes the score bounds for one choice of k1 and b, which PISA would write in place and could leave half done."""
    if any(folder.glob(f"bm25.k1-{k1:g}.b-{b:g}.*.block_simdbp")):
        return
    with TemporaryDirectory(dir=folder, prefix=".bounds.") as temporary, _quiet():
        _link_files(folder, Path(temporary))
        _open(Path(temporary)).bm25(k1, b)
        for path in sorted(set(Path(temporary).iterdir())):
            if not path.is_symlink():
                os.replace(path, folder / path.name)


def _link_files(source: Path, target: Path) -> None:
    for path in source.iterdir():
        if path.is_file():
            (target / path.name).symlink_to(path.resolve())


@contextmanager
def _quiet() -> Iterator[None]:
    """Silences the standard streams, to which PISA writes a line for every step whatever its log level."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        saved = [(number, os.dup(number)) for number in (1, 2)]
        for number, _ in saved:
            os.dup2(nowhere.fileno(), number)
        try:
            yield
        finally:
            for number, copy in saved:
                os.dup2(copy, number)
                os.close(copy)
