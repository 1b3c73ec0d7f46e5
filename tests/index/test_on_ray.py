"""Documents encoded by processes of Ray."""

import os
import sys
from types import SimpleNamespace

import pytest
from index_data import DOCUMENTS, TOPICS

from pyterrier_optical import OpticalError, OpticalIndex
from pyterrier_optical.index import on_ray
from pyterrier_optical.late.index import blocks


@pytest.fixture(scope="module")
def cluster():
    """Ray with two processes on this machine."""
    ray = pytest.importorskip("ray", reason="ray is not installed: pip install 'pyterrier-optical[ray]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield ray
    ray.shutdown()


@pytest.fixture
def small_shards(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1)


def shards(index: OpticalIndex) -> dict[str, bytes]:
    return {str(path.relative_to(index.path)): path.read_bytes() for path in index.path.rglob("*") if path.is_file()}


def test_two_processes_one_and_none_make_the_same_files(make, cluster, small_shards):
    expected = make(name="here", precision="int8")
    assert len(expected.meta.shards) > 3
    for workers in (1, 2):
        index = make(name=f"workers-{workers}", precision="int8", ray="local", workers=workers)
        assert shards(index) == shards(expected)
    assert cluster.is_initialized(), "the caller's own connection stays"


def test_append_and_a_folder_of_another_place(make, cluster, small_shards, folder, tmp_path, monkeypatch):
    expected = make(name="whole").retriever()(TOPICS)
    monkeypatch.chdir(tmp_path)
    index = OpticalIndex("near", os.path.relpath(folder), device="cpu")
    index.indexer(ray="auto", workers=1).index(DOCUMENTS[:2]).append(DOCUMENTS[2:], ray="auto", workers=1)
    assert index.retriever()(TOPICS).equals(expected)


def test_what_a_process_refuses_is_one_sentence_and_the_next_run_goes_on(make, cluster, small_shards):
    expected = shards(make(DOCUMENTS[:6], name="here", truncation="error"))
    long = [*DOCUMENTS[:6], {"docno": "long", "text": "the river " * 60}]
    with pytest.raises(OpticalError, match="document 'long' has"):
        make(long, truncation="error", ray="local", workers=1)
    assert shards(make(long[:6], truncation="error")) == expected


@pytest.fixture
def no_cluster(monkeypatch):
    """Stands in for Ray where nothing runs."""

    def init(**options):
        raise ConnectionError("Could not find any running Ray instance.")

    errors = SimpleNamespace(RayTaskError=type("RayTaskError", (Exception,), {}), RayActorError=TimeoutError)
    ray = SimpleNamespace(is_initialized=lambda: False, init=init, exceptions=errors)
    monkeypatch.setitem(sys.modules, "ray", ray)
    monkeypatch.setattr("pyterrier_optical.base.extras.find_spec", lambda name: True)
    return ray


def test_without_a_cluster(make, no_cluster, tmp_path):
    with pytest.raises(OpticalError, match="There is no Ray cluster at 'auto': start one with"):
        make(ray="auto")
    assert not (tmp_path / "index").exists(), "nothing half written is left"


def test_a_process_that_ended_is_one_sentence(no_cluster):
    def get(reference):
        raise TimeoutError("The actor died.\nOut of memory")

    no_cluster.get = get
    with pytest.raises(OpticalError, match=r"A process of Ray ended \('Out of memory'\): see that every machine"):
        on_ray._result(no_cluster, None)


def test_without_ray(make, monkeypatch, tmp_path):
    monkeypatch.setattr("pyterrier_optical.base.extras.find_spec", lambda name: None)
    with pytest.raises(OpticalError, match=r"Indexing by Ray needs the package ray: pip .*\[ray\]"):
        make(ray="local")
    assert not (tmp_path / "index").exists()
