"""Fixtures that every test may use; no test reaches the network."""

import atexit
import gc
import os
import shutil
import sys
import tempfile
from collections import deque
from pathlib import Path
from weakref import WeakValueDictionary

os.environ["HF_HUB_OFFLINE"] = "1"
# ir_datasets asks for its folder when it is imported.
os.environ["IR_DATASETS_HOME"] = tempfile.mkdtemp(prefix="ir_datasets-")
atexit.register(shutil.rmtree, os.environ["IR_DATASETS_HOME"], ignore_errors=True)
# It wants room for the whole of a collection, of which the tests write some lines.
os.environ["IR_DATASETS_SKIP_DISK_FREE"] = "true"

import pytest

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_ignore_collect(collection_path, config):
    """The tests by random input are imported only where they are to run."""
    return True if collection_path.name == "fuzz" and "not fuzz" in config.option.markexpr else None


def pytest_make_parametrize_id(val, argname):
    """Names bytes by their argument: compressed bytes hold the time, and all processes have to find the same names."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish(session):
    """Where no test of Terrier is to run, engine="auto" is PISA: the others need not wait for Java.

    What has been imported by now stays to the end, so that no search for garbage need look at it: statsmodels starts
    one at each correction for multiple tests. What tests leave behind is little, and is looked for less often.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    if "not jvm" in session.config.option.markexpr:
        from pyterrier_optical.retrieve.bm25 import terrier

        terrier._failure = "these tests run without Java"


def pytest_collection_modifyitems(items):
    """Marks tests by what they need: the model inside the package (shipped), or Terrier's Java (jvm).

    Files with slow ones come first, so that no process is left alone with one at the end.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
    for item in items:
        given = getattr(item, "callspec", None)
        if "shipped_model" in item.fixturenames:
            item.add_marker(pytest.mark.shipped)
        if "java" in item.fixturenames or (
            given and any(isinstance(value, str) and value == "terrier" for value in given.params.values())
        ):
            item.add_marker(pytest.mark.jvm)


class _SmallOnesStay(WeakValueDictionary):
    """As the package's own table of loaded models, but the last tiny models outlive the transformers of a test."""

    def __init__(self):
        super().__init__()
        self.last = deque(maxlen=8)

    def __setitem__(self, key, model):
        super().__setitem__(key, model)
        if sum(parameter.numel() for parameter in model.parameters()) < 10**6:
            self.last.append(model)


@pytest.fixture(scope="session", autouse=True)
def tiny_models_stay_loaded():
    """Tests that make a transformer each need not load its model again."""
    from pyterrier_optical.checkpoint import shared

    shared._loaded = _SmallOnesStay()


@pytest.fixture(scope="session", autouse=True)
def no_wait_for_the_disk():
    """What `os.fsync` guards against is a power failure, which no test brings about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", os.fstat)
        yield


@pytest.fixture(autouse=True)
def tables_are_read_anew():
    """ir_datasets keeps what it has loaded: no test sees what another has read from its own data folder."""
    yield
    catalogue = sys.modules.get("pyterrier_optical.datasets.catalogue")
    if catalogue and "ir_datasets" in sys.modules:
        registered = sys.modules["ir_datasets"].registry._registered
        for name in [known for known in registered if known.split("/")[0] in catalogue.FAMILIES]:
            del registered[name]


@pytest.fixture(scope="session")
def optical_data() -> Path:
    """The folder of public data that is not part of the project (MTOP, AfriQA, bitext)."""
    folder = Path(os.environ.get("OPTICAL_DATA") or BESIDE_THE_CHECKOUT)
    if not folder.is_dir():
        pytest.skip(f"no data folder at {folder}: set OPTICAL_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def shipped_model() -> Path:
    """The checkpoint inside the package."""
    from pyterrier_optical.checkpoint.folder import SHIPPED_MODEL

    if not (SHIPPED_MODEL / "modules.json").exists():
        pytest.skip(f"no shipped model at {SHIPPED_MODEL}: this build of the package has none")
    return SHIPPED_MODEL


@pytest.fixture(scope="session")
def java():
    """Terrier, from jar files that PyTerrier has fetched before."""
    import pyterrier as pt

    from pyterrier_optical.retrieve.bm25 import terrier

    if not pt.java.started():
        if not pt.java.mavenresolver.latest_local_version_num("terrier-assemblies"):
            pytest.skip("Terrier's jar files are not on this machine: start PyTerrier's Java once to fetch them")
        pt.java.mavenresolver.offline()
    if reason := terrier.why_not():
        pytest.skip(f"Terrier cannot run here: {reason}")
