"""Fixtures that every test may use; no test reaches the network."""

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import pytest

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_finish(session):
    """Where no test of Terrier is to run, engine="auto" is PISA: the others need not wait for Java."""
    if "not jvm" in session.config.option.markexpr:
        from pyterrier_optical.retrieve.bm25 import terrier

        terrier._failure = "these tests run without Java"


def pytest_collection_modifyitems(items):
    """Marks tests by what they need: the model inside the package (shipped), or Terrier's Java (jvm)."""
    for item in items:
        given = getattr(item, "callspec", None)
        if "shipped_model" in item.fixturenames:
            item.add_marker(pytest.mark.shipped)
        if "java" in item.fixturenames or (
            given and any(isinstance(value, str) and value == "terrier" for value in given.params.values())
        ):
            item.add_marker(pytest.mark.jvm)


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
