"""Scores from a cache are those of the reranker, and never another reranker's or another translator's."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import Lexicon, OpticalError, OpticalReranker
from pyterrier_optical.checkpoint.content_hash import content_hash
from pyterrier_optical.checkpoint.folder import load_encoder

caching = pytest.importorskip("pyterrier_caching")

FRAME = pd.DataFrame(
    {
        "qid": ["1", "1", "2", "2", "3"],
        "query": ["mto mrefu", "mto mrefu", "mto mrefu", "mto mrefu", "katze"],
        "docno": ["a", "b", "a", "c", "a"],
        "text": ["the long river", "a small dog", "the long river", "water near bread", "the long river"],
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("cached"))


@pytest.fixture
def scored(monkeypatch) -> list:
    """The rows that a reranker scored."""
    rows = []
    score = OpticalReranker._scores
    monkeypatch.setattr(OpticalReranker, "_scores", lambda self, inp: rows.extend(inp["docno"]) or score(self, inp))
    return rows


def test_scores_are_computed_once(folder, tmp_path, scored):
    reranker = OpticalReranker(folder, device="cpu")
    expected = reranker(FRAME)
    scored.clear()
    cached = reranker.cached(tmp_path / "cache")
    pd.testing.assert_frame_equal(cached(FRAME), expected)
    assert sorted(scored) == ["a", "a", "b", "c"], "two queries of one text share the score of a document"
    again = OpticalReranker(str(folder), device="cpu", batch_size=2).cached(str(tmp_path / "cache"))
    pd.testing.assert_frame_equal(again(FRAME.set_index(pd.Index([7, 7, 1, 3, 0]))).reset_index(drop=True), expected)
    assert len(scored) == 4


def test_two_translators_through_one_cache_do_not_share_scores(folder, tmp_path):
    reranker = OpticalReranker(folder, device="cpu")
    cached = reranker.cached(tmp_path / "cache")
    for glosses in (["long river"] * 4 + ["cat"], ["dog"] * 4 + ["bread"], [""] * 5):
        frame = FRAME.assign(query_gloss=glosses)
        for _ in range(2):
            np.testing.assert_allclose(cached(frame)["score"], reranker(frame)["score"], atol=1e-5)
    plain = caching.ScorerCache(tmp_path / "plain", reranker)
    first = plain(FRAME.iloc[:2].assign(query_gloss="long river"))["score"]
    assert plain(FRAME.iloc[:2].assign(query_gloss="dog"))["score"].tolist() == first.tolist(), "which is why"
    plain.close()


@pytest.mark.parametrize(
    "options",
    [{"normalize": True}, {"gloss": 0.2}, {"max_query_tokens": 3}, {"max_document_tokens": 4}, {"dtype": "float16"}],
)
def test_two_rerankers_through_one_cache_do_not_share_scores(folder, tmp_path, options):
    frame = FRAME.assign(query_gloss="the cat sleeps")
    OpticalReranker(folder, device="cpu").cached(tmp_path / "cache")(frame)
    other = OpticalReranker(folder, device="cpu", **options)
    np.testing.assert_allclose(other.cached(tmp_path / "cache")(frame)["score"], other(frame)["score"], atol=1e-5)


def test_two_models_or_lexicons_do_not_share_scores(folder, tmp_path):
    lexicons = [Lexicon.from_entries({"sw": {"mto": (9, {term: 1.0})}}) for term in ("river", "bread")]
    others = [{"model": tiny.encoder(tmp_path / "other", seed=5)}, {"document_model": tmp_path / "other" / "encoder"}]
    for options in ({}, *others, *({"lexicon": lexicon} for lexicon in lexicons)):
        reranker = OpticalReranker(**{"model": folder, "device": "cpu", **options})
        cached = reranker.cached(tmp_path / "cache")
        np.testing.assert_allclose(cached(FRAME)["score"], reranker(FRAME)["score"], atol=1e-5)


def test_the_hash_is_that_of_the_files(folder, tmp_path):
    import shutil

    copy = shutil.copytree(folder, tmp_path / "copy")
    assert content_hash(folder) == content_hash(str(copy))
    (copy / "README.md").write_text("A copy.")
    assert content_hash(folder) == content_hash(copy)
    settings = copy / "config_sentence_transformers.json"
    settings.write_text(settings.read_text().replace("{", "{ ", 1))
    assert content_hash(folder) != content_hash(copy)
    with pytest.raises(OpticalError, match="give a folder or a hub id"):
        OpticalReranker(load_encoder(folder, device="cpu")).cached(tmp_path / "cache")(FRAME)


def test_contract(folder, tmp_path):
    cached = OpticalReranker("/no/such/model").cached(tmp_path / "cache")
    out = cached(FRAME.iloc[:0])
    assert out.columns.tolist() == [*FRAME.columns, "score", "rank"] and out["score"].dtype == float
    assert not (tmp_path / "cache").exists()
    with pytest.raises(pt.validate.InputValidationError):
        cached(pd.DataFrame())
    assert cached == OpticalReranker("/no/such/model").cached(str(tmp_path / "cache"))
    assert cached != OpticalReranker(folder).cached(tmp_path / "cache")
    with pytest.raises(OpticalError, match="normalize=True"):
        cached + cached


def test_an_argument_that_was_set_later_is_in_the_key(folder, tmp_path):
    reranker = OpticalReranker(folder, device="cpu")
    cached = reranker.cached(tmp_path / "cache")
    cached(FRAME.iloc[:1])
    reranker.normalize = True
    normal = cached(FRAME)["score"]
    np.testing.assert_allclose(normal, reranker(FRAME)["score"], atol=1e-5)
    again = OpticalReranker(folder, device="cpu").cached(tmp_path / "cache")(FRAME)["score"]
    assert again.iloc[1] > normal.iloc[1] + 0.1 or again.iloc[1] < normal.iloc[1] - 0.1


def test_threads_share_a_cache(folder, tmp_path):
    cached = OpticalReranker(folder, device="cpu").cached(tmp_path / "cache")
    expected = OpticalReranker(folder, device="cpu")(FRAME)["score"].tolist()
    with ThreadPoolExecutor(4) as pool:
        for frame in pool.map(cached, [FRAME] * 12):
            assert frame["score"].tolist() == pytest.approx(expected, abs=1e-5)
