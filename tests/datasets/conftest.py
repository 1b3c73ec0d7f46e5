"""A data folder of small files, and no network."""

from pathlib import Path

import pytest
import requests
import tiny
from tiny_files import write_afriqa, write_parallel_json, write_xquad_r


@pytest.fixture(autouse=True)
def offline(monkeypatch, tmp_path):
    """No test reaches the network, and downloads of the user's home are neither seen nor made."""

    def unreachable(url, **options):
        raise requests.ConnectionError(f"no network in tests: {url}")

    monkeypatch.setattr(requests, "get", unreachable)
    monkeypatch.setenv("PYTERRIER_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("model"), positions=128)


@pytest.fixture
def tiny_data(monkeypatch, tmp_path) -> Path:
    """A data folder with four dev and two test utterances of MTOP, AfriQA dev, and XQuAD-R in English and German."""
    folder = tmp_path / "data"
    write_parallel_json(folder / "mtop")
    write_afriqa(folder / "afriqa")
    write_xquad_r(folder / "xquad_r")
    monkeypatch.setenv("OPTICAL_DATA", str(folder))
    return folder


@pytest.fixture
def empty_data(monkeypatch, tmp_path) -> Path:
    """A data folder with nothing in it."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.setenv("OPTICAL_DATA", str(folder))
    return folder
