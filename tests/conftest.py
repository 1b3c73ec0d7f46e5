"""Fixtures that every test may use; no test reaches the network."""

import os
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import pytest

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "data"


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
    from pyterrier_optical.checkpoints import SHIPPED_MODEL

    if not (SHIPPED_MODEL / "modules.json").exists():
        pytest.skip(f"no shipped model at {SHIPPED_MODEL}: this build of the package has none")
    return SHIPPED_MODEL
