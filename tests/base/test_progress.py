"""Bars: for what takes long, or at once where they are asked for; for every stage that may take long."""

import os
import subprocess
import sys
from itertools import count

import pandas as pd
import pytest
import tiny

from pyterrier_optical import OpticalReranker, OpticalTranslator, bm25
from pyterrier_optical.base.progress import progress
from pyterrier_optical.retrieve.dense import OpticalRetriever

DOCUMENTS = [{"docno": f"d{i}", "text": "the long river"} for i in range(3)]
QUERIES = pd.DataFrame({"qid": ["q1", "q2"], "query": ["long river", "dog"]})


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("progress"))


def search_with_bm25(model, folder):
    bm25(DOCUMENTS, index_path=folder / "index", engine="pisa")(QUERIES)


def search_again(model, folder):
    for _ in range(2):
        bm25(DOCUMENTS, index_path=folder / "index", engine="pisa")


def translate(model, folder):
    OpticalTranslator(["river", "dog", folder.name], model, method="nearest", device="cpu")(QUERIES)


def search_with_vectors(model, folder):
    OpticalRetriever(DOCUMENTS, model, device="cpu")(QUERIES)


def search_candidates(model, folder):
    OpticalRetriever(DOCUMENTS, model, device="cpu", exact_limit=1)(QUERIES)


def rerank(model, folder):
    OpticalReranker(model, device="cpu")(QUERIES.assign(docno="d1", text="a dog"))


@pytest.mark.parametrize(
    ("work", "stages"),
    [
        (search_with_bm25, ["Reading documents", "Indexing documents", "BM25 (pisa)"]),
        (search_again, ["Comparing documents"]),
        (translate, ["Encoding index terms", "Encoding words"]),
        (search_with_vectors, ["Encoding documents", "Encoding document texts", "Encoding query texts", "Scoring"]),
        (search_candidates, ["Scoring"]),
        (rerank, ["Encoding document texts", "Encoding query texts"]),
    ],
)
def test_long_work_shows_what_is_done_and_short_work_does_not(model, work, stages, tmp_path, capfd, monkeypatch):
    if "pisa" in str(stages) or work is search_again:
        pytest.importorskip("pyterrier_pisa")
    monkeypatch.setattr("tqdm.std.time", lambda: 0.0)
    work(model, tmp_path / "short")
    err = capfd.readouterr().err
    assert [stage for stage in stages if stage in err] == []
    clock = count(step=3.0)
    monkeypatch.setattr("tqdm.std.time", lambda: next(clock))
    work(model, tmp_path / "long")
    err = capfd.readouterr().err
    assert [stage for stage in stages if stage not in err] == []


def test_a_bar_that_was_asked_for_is_there_at_once(capsys, monkeypatch):
    monkeypatch.setattr("tqdm.std.time", lambda: 0.0)
    assert list(progress([1], desc="Adding", verbose=True)) == [1]
    assert "Adding" in capsys.readouterr().err


def test_without_stderr_there_is_no_bar(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    assert list(progress([1, 2], verbose=True)) == [1, 2]


@pytest.mark.slow
def test_one_variable_takes_all_bars_away():
    code = "from pyterrier_optical.base.progress import progress; list(progress([1], desc='Adding', verbose=True))"
    shown = [
        subprocess.run([sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True).stderr
        for env in ({}, {"TQDM_DISABLE": "1"})
    ]
    assert ["Adding" in err for err in shown] == [True, False]
