"""Indexes of tiny documents."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import tiny
from index_data import DOCUMENTS, TOPICS

from pyterrier_optical import OpticalIndex
from pyterrier_optical.late.index import blocks, changes, encoding


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def other_folder(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("other"), seed=7)


@pytest.fixture(scope="session")
def built() -> dict[str, Path]:
    """The indexes that tests have built, by what they were made of."""
    return {}


@pytest.fixture
def make(tmp_path, tmp_path_factory, folder, built):
    """Makes an index of `DOCUMENTS`; one that another test has made is copied."""

    def make_index(documents=DOCUMENTS, name: str = "index", model=folder, **options) -> OpticalIndex:
        index = OpticalIndex(tmp_path / name, model, device="cpu")
        if index.path.exists() or not isinstance(documents, list) or not isinstance(model, Path) or "ray" in options:
            return index.indexer(**options).index(documents)
        sizes = encoding.GROUP_CHARACTERS, blocks.BLOCK_BYTES, changes.SHARD_TOKENS
        made_of = repr((documents, model, options, sizes))
        if made_of not in built:
            place = tmp_path_factory.mktemp("built") / "index"
            OpticalIndex(place, model, device="cpu").indexer(**options).index(documents)
            built[made_of] = place
        shutil.copytree(built[made_of], index.path)
        return index

    return make_index


@pytest.fixture
def pairs() -> pd.DataFrame:
    """Every query with every document."""
    return TOPICS.merge(pd.DataFrame(DOCUMENTS), how="cross")
