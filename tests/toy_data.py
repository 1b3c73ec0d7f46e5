"""Toy data sets, tiny models, and no network."""

import sys
from pathlib import Path

import pandas as pd
import pytest
import requests
import tiny

sys.path.append(str(Path(__file__).parent / "datasets"))

from tiny_files import write_afriqa, write_parallel_json, write_xquad_r


class Toy:
    """A data set of three queries, each with one relevant document."""

    def __init__(self, name="toy"):
        self.name = name

    def get_topics(self):
        return pd.DataFrame({"qid": ["1", "2", "3"], "query": ["cat", "dog", "river"]})

    def get_qrels(self):
        return pd.DataFrame({"qid": ["1", "2", "3"], "docno": ["a", "b", "c"], "label": [1, 1, 1]})


@pytest.fixture
def toy():
    return Toy()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("model"), positions=128)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """Downloads fail at once, and those of the user's home are not seen."""

    def unreachable(url, **options):
        raise requests.ConnectionError(f"no network in tests: {url}")

    monkeypatch.setattr(requests, "get", unreachable)
    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path / "home"))


@pytest.fixture
def no_data(monkeypatch, tmp_path, offline):
    """A data folder with nothing in it, and nowhere to fetch from."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.setenv("OPTICAL_DATA", str(folder))


@pytest.fixture
def tiny_data(monkeypatch, tmp_path, offline):
    """A few utterances of MTOP and a few questions of AfriQA and XQuAD-R."""
    folder = tmp_path / "data"
    write_parallel_json(folder / "mtop")
    write_afriqa(folder / "afriqa")
    write_xquad_r(folder / "xquad_r")
    monkeypatch.setenv("OPTICAL_DATA", str(folder))
