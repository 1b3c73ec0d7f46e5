"""BM25 by PISA, which needs no Java; its scores are brought to Terrier's scale."""

import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.machinery import PathFinder
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from pyterrier_optical.base import manifest
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.retrieve.bm25.pisa_files import write_collection
from pyterrier_optical.retrieve.bm25.spool import Batch
from pyterrier_optical.retrieve.bm25.store import is_sound, staging

# PISA repeats a query term as often as its weight says: weights become whole numbers of at most this, and fewer when a
# query is so long that the repetitions would grow past the second limit.
_FINEST_WEIGHT = 10_000
_MOST_REPETITIONS = 100_000

_CHILD = Path(__file__).with_name("pisa_child.py")
# What PISA reads beside the bounds, and what it makes them of.
_LEXICONS = ("pt_meta.json", "fwd.termlex", "fwd.doclex")
_COLLECTION = ("inv.docs", "inv.freqs", "inv.sizes")


def why_not() -> str | None:
    """Why PISA cannot be used here, or None when it can."""
    return None if find_spec("pyterrier_pisa") else "the package pyterrier_pisa is not installed"


def build(
    folder: Path,
    batches: Iterable[Batch],
    terms: Mapping[str, int],
    num_docs: int,
    docno_bytes: int,
    k1: float,
    b: float,
) -> None:
    """Writes a PISA index into an empty folder.

    Args:
        folder: Where to.
        batches: The documents.
        terms: Document frequency of each term, in order of their numbers.
        num_docs: Number of documents.
        docno_bytes: Of no interest here.
        k1: BM25's saturation of term frequencies, for which score bounds are made.
        b: BM25's length normalisation, likewise.
    """
    write_collection(folder, batches, terms, num_docs)
    _prepare(folder, k1, b, "index")


class Searcher:
    """Queries a PISA index, which stays open; threads may share it.

    Args:
        folder: The index.
        terms: Document frequency of each of its terms.
        num_docs: Number of its documents.
        k1: BM25's saturation of term frequencies.
        b: BM25's length normalisation.
    """

    def __init__(self, folder: Path, terms: Mapping[str, int], num_docs: int, k1: float, b: float):
        if reason := why_not():
            raise OpticalError(f"The index at '{folder}' is one of PISA, and {reason}: pip install pyterrier-pisa.")
        if os.access(folder, os.W_OK) or is_sound(_bounds(folder, k1, b)):
            self._context = _open(_prepare(folder, k1, b), k1, b)
            return
        # Files that are open may be removed.
        with TemporaryDirectory(prefix="optical-bm25-") as elsewhere:
            _write_bounds(Path(elsewhere), folder.resolve(), k1, b)
            self._context = _open(Path(elsewhere), k1, b)

    def search(self, queries: list[dict[str, float]], num_results: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Ranks documents for weighted queries; arguments and result as for Terrier's."""
        scales = [_scale(weights) for weights in queries]
        toks = [
            {term: max(1.0, float(round(weight * scale))) for term, weight in weights.items()}
            for weights, scale in zip(queries, scales, strict=True)
        ]
        # Not PisaRetrieve.transform: it makes frames, which take many times as long as the search.
        size = len(queries) * num_results
        numbers, ranks, scores = np.empty(size, np.int32), np.empty(size, np.int32), np.empty(size, np.float32)
        docnos = np.empty(size, object)
        size = _pisa().retrieve(
            self._context,
            "block_max_wand",
            list(enumerate(toks)),
            k=num_results,
            threads=1,
            query_weighted=1,
            pretokenised=True,
            result_qidxs=numbers,
            result_docnos=docnos,
            result_ranks=ranks,
            result_scores=scores,
        )
        numbers, docnos, scores = numbers[:size], docnos[:size], scores[:size]
        # PISA's idf is a natural logarithm, Terrier's a binary one.
        return numbers, docnos, scores / (np.array(scales)[numbers] * math.log(2))


def _pisa():
    """PISA's compiled module."""
    from pyterrier_pisa import _pisathon

    return _pisathon


def _open(folder: Path, k1: float, b: float):
    context = _pisa().RetrievalContext()
    parameters = {"bm25_k1": float(k1), "bm25_b": float(b)}
    _pisa().prepare_index(context, str(folder), "block_simdbp", "bm25", "", quantize=0, **parameters)
    return context


def _scale(weights: dict[str, float]) -> float:
    least, largest = min(weights.values()), max(weights.values())
    repetitions = sum(weights.values()) / largest
    finest = min(_FINEST_WEIGHT, max(1, int(_MOST_REPETITIONS / repetitions))) / largest
    # Counts of words need no finer ones, and each repetition takes time.
    whole = 1 / least <= finest and all((weight / least).is_integer() for weight in weights.values())
    return 1 / least if whole else finest


def _bounds(folder: Path, k1: float, b: float) -> Path:
    return folder / f"bm25-{float(k1)}-{float(b)}"


def _prepare(folder: Path, k1: float, b: float, step: str = "bounds") -> Path:
    """The folder inside an index with the score bounds for one choice of k1 and b, made where it is not there whole."""
    target = _bounds(folder, k1, b)
    if not is_sound(target):
        shutil.rmtree(target, ignore_errors=True)
        with staging(target) as temporary:
            _write_bounds(temporary, Path(".."), k1, b, step)
            manifest.write(temporary)
            with suppress(OSError):  # another process was quicker
                os.replace(temporary, target)
    return target


def _write_bounds(folder: Path, index: Path, k1: float, b: float, step: str = "bounds") -> None:
    for name in (*_LEXICONS, *_COLLECTION):
        (folder / name).symlink_to(index / name)
    _run(folder, step, str(float(k1)), str(float(b)))
    for name in _COLLECTION:
        (folder / name).unlink()


def _extension() -> str:
    """PISA's compiled module, which its package holds."""
    package = find_spec("pyterrier_pisa")
    spec = package and PathFinder.find_spec("_pisathon", list(package.submodule_search_locations or ()))
    if not spec or spec.origin is None:
        raise OpticalError("PISA is not available: install pyterrier-pisa.")
    return spec.origin


def _run(folder: Path, step: str, *parameters: str) -> None:
    """Runs a step of PISA in a folder, in a process whose streams lead nowhere and whose end is not ours."""
    _check_space(folder)
    command = [_python(), "-I", "-S", str(_CHILD), _extension(), step, *parameters]
    # The folder is not among the arguments: not every locale can write its name.
    done = subprocess.run(  # noqa: S603 - our own script
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OpticalError(
            f"PISA could not make its {step} in '{folder}' (code {done.returncode}{': ' if said else ''}"
            f"{said[-1][:200] if said else ''}): see that the disk is not full and build the index again."
        )


def _check_space(folder: Path) -> None:
    """Refuses a disk that PISA could fill: it does not look whether what it wrote was written."""
    needed = 2 * sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OpticalError(
            f"The disk is too full for an index at '{folder}': it may take {needed >> 20} MB and {free >> 20} MB are "
            "free."
        )


def _python() -> str:
    # A server that has Python inside, as uWSGI does, calls itself the executable.
    executable = Path(sys.executable or "")
    return str(executable if "python" in executable.name.lower() else Path(sys.exec_prefix, "bin", "python3"))
