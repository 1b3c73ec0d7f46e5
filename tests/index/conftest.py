"""Indexes of tiny documents."""

from pathlib import Path

import pandas as pd
import pytest
import tiny
from index_data import DOCUMENTS, TOPICS

from pyterrier_optical import OpticalIndex


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def other_folder(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("other"), seed=7)


@pytest.fixture
def make(tmp_path, folder):
    """Makes an index of `DOCUMENTS`."""

    def make_index(documents=DOCUMENTS, name: str = "index", model=folder, **options) -> OpticalIndex:
        return OpticalIndex(tmp_path / name, model, device="cpu").indexer(**options).index(documents)

    return make_index


@pytest.fixture
def pairs() -> pd.DataFrame:
    """Every query with every document."""
    return TOPICS.merge(pd.DataFrame(DOCUMENTS), how="cross")
