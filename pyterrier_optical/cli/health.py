"""What an installation has: versions, Java, engines, GPU, model, lexicon, disk, and whether a query is reranked."""

import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pyterrier_optical.base.manifest import sha256_of
from pyterrier_optical.errors import OpticalError

PACKAGES = ("python-terrier", "torch", "transformers", "sentence-transformers", "pot", "numpy", "pandas")
LEAST_JAVA = 11
LEAST_FREE = 2 * 10**9  # bytes: Terrier's jars, an index, and room for the tables

# A query that shares no word with its document, beside two that it does not ask for.
QUERY = "Wie wird Brot gebacken?"
DOCUMENTS = {
    "bread": "Knead the dough, let it rise, and bake the bread until its crust is brown.",
    "bridge": "The old bridge was closed after the flood.",
    "owl": "Owls hunt at night.",
}


@dataclass(frozen=True)
class Check:
    """One line of the report.

    Attributes:
        name: What was looked at.
        state: "ok"; "note" for what works otherwise or less well; "failed" for what has to be put right.
        says: What was found, and where it failed the way out.
    """

    name: str
    state: str
    says: str


def examine(model: str | os.PathLike | None = None) -> list[Check]:
    """Looks at everything; asks no network unless ``model`` is a hub id.

    Args:
        model: A checkpoint folder or hub id; None: the shipped model.

    Returns:
        A check for each line of the report. A check that raises is "failed", with its error.

    Example:
        >>> [check.says for check in examine() if check.state == "failed"]  # doctest: +SKIP
        []
    """
    checks: dict[str, Callable[[], tuple[str, str]]] = {
        "versions": _versions,
        "Java": _java,
        "BM25 engines": _engines,
        "GPU": _gpu,
        "model": lambda: _model(model),
        "lexicon": _lexicon,
        "languages": lambda: _languages(model),
        "free disk": _disk,
        "self-test": lambda: _self_test(model),
    }
    return [_checked(name, check) for name, check in checks.items()]


def _checked(name: str, check: Callable[[], tuple[str, str]]) -> Check:
    try:
        return Check(name, *check())
    except OpticalError as error:
        return Check(name, "failed", str(error))
    except Exception as error:  # a broken installation may raise anything, and the other lines are wanted then most
        return Check(name, "failed", f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])


def _versions() -> tuple[str, str]:
    from pyterrier_optical import __version__

    found, absent = [f"pyterrier-optical {__version__}", f"Python {platform.python_version()}"], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            absent.append(name)
    if absent:
        return "failed", f"not installed: {', '.join(absent)}: pip install pyterrier-optical"
    import sentence_transformers  # noqa: F401  (what is installed may still not load; it loads the other libraries)

    return "ok", ", ".join(found)


def java_version() -> int | None:
    """The major version of the Java that Terrier would use, or None where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        return None
    try:
        run = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', run.stderr + run.stdout)
    return int(found[1]) if found else None


def _java() -> tuple[str, str]:
    found = java_version()
    if found is None:
        return "note", "none: Terrier needs a JDK, and PISA ranks without one"
    if found < LEAST_JAVA:
        return "note", f"version {found}: Terrier needs {LEAST_JAVA} or later"
    return "ok", f"version {found}"


def _engines() -> tuple[str, str]:
    import pyterrier as pt

    from pyterrier_optical.retrieve.bm25 import pisa

    java = (java_version() or 0) >= LEAST_JAVA
    jars = pt.java.mavenresolver.latest_local_version_num("terrier-assemblies")
    no_pisa = pisa.why_not()
    terrier = f"Terrier {jars}" if jars else "Terrier (fetched when first used, 100 MB)"
    has = [*([terrier] if java else []), *([] if no_pisa else [f"PISA {version('pyterrier-pisa')}"])]
    if not has:
        return "failed", f"neither Terrier (no Java) nor PISA: install a JDK ({LEAST_JAVA} or later) or pyterrier-pisa"
    return "ok", " and ".join(has)


def _gpu() -> tuple[str, str]:
    import torch

    if torch.cuda.is_available():
        return "ok", ", ".join(torch.cuda.get_device_name(number) for number in range(torch.cuda.device_count()))
    if torch.backends.mps.is_available():
        return "ok", "Apple MPS"
    return "note", f"none: the model runs on {os.cpu_count()} CPU cores"


def _folder(model) -> Path:
    from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL, find_checkpoint

    return find_checkpoint(SHIPPED_MODEL if model is None else model)


def _model(model) -> tuple[str, str]:
    from pyterrier_optical.base import manifest

    folder = _folder(model)
    checked = manifest.verify(folder, full=True)
    sums = ", ".join(f"{path.name} {_sha256(path)}" for path in sorted(folder.rglob("*.safetensors")))
    return "ok", f"{folder}: {'as its manifest says' if checked else 'no manifest'}; sha256 {sums}"


def _lexicon() -> tuple[str, str]:
    from pyterrier_optical.lexicon.table import SHIPPED_LEXICON
    from pyterrier_optical.translate.translator import load_lexicon

    lexicon = load_lexicon(None)  # compares its own checksum
    return "ok", f"{SHIPPED_LEXICON.name}: {len(lexicon.languages)} languages; sha256 {_sha256(SHIPPED_LEXICON)}"


def _languages(model) -> tuple[str, str]:
    from pyterrier_optical.checkpoint.folder import read_checkpoint_info

    languages = (read_checkpoint_info(_folder(model)) or {}).get("languages") or []
    if not languages:
        return "note", "the checkpoint does not say which"
    return "ok", f"{len(languages)}: {' '.join(languages)}"


def _disk() -> tuple[str, str]:
    free = shutil.disk_usage(Path.cwd()).free
    says = f"{free / 1e9:.1f} GB here"
    return ("ok", says) if free >= LEAST_FREE else ("note", f"{says}: an index or a run may need more")


def _self_test(model) -> tuple[str, str]:
    import pandas as pd

    from pyterrier_optical.rerank.optical import OpticalReranker

    start = time.perf_counter()
    frame = pd.DataFrame({"qid": "1", "query": QUERY, "docno": list(DOCUMENTS), "text": list(DOCUMENTS.values())})
    best = OpticalReranker(model)(frame).sort_values("rank")["docno"].iloc[0]
    seconds = time.perf_counter() - start
    if best != "bread":
        return "failed", f"{QUERY!r} found the document about a {best!r} first, not that about bread: another model?"
    return "ok", f"{QUERY!r} found the English document about bread ({seconds:.1f} s)"


def _sha256(path: Path) -> str:
    """The first digits of a file's SHA-256, as many as tell files apart."""
    return sha256_of(path)[:16]
