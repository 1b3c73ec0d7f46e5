"""OpticalModel hands out transformers that share one loaded model, and its vectors score as its reranker does."""

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import OpticalError, OpticalModel, OpticalReranker
from pyterrier_optical.checkpoint import folder as checkpoints
from pyterrier_optical.rerank.vectors import VectorScorer

FRAME = pd.DataFrame(
    {
        "qid": ["q1", "q1", "q2", "q2"],
        "query": ["mto mrefu", "mto mrefu", "katze", "katze"],
        "docno": ["d1", "d2", "d1", "d3"],
        "text": ["the long river", "a small dog", "the long river", ""],
        "query_gloss": ["long river", "long river", "", ""],
    }
)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> OpticalModel:
    return OpticalModel(tiny.encoder(tmp_path_factory.mktemp("model")), device="cpu")


class TestQueryEncoder(pt.testing.transformer_test_class(lambda: OpticalModel(device="cpu").query_encoder())):
    """PyTerrier's own checks."""


class TestDocEncoder(pt.testing.transformer_test_class(lambda: OpticalModel(device="cpu").doc_encoder())):
    """PyTerrier's own checks."""


class TestScorer(pt.testing.transformer_test_class(VectorScorer)):
    """PyTerrier's own checks."""


@pytest.mark.parametrize("normalize", [False, True])
def test_vectors_score_as_the_reranker(model, normalize):
    by_vectors = (model.query_encoder() >> model.doc_encoder() >> model.scorer(normalize=normalize))(FRAME)
    reranked = model.reranker(normalize=normalize)(FRAME)
    assert by_vectors["score"].tolist() == pytest.approx(reranked["score"].tolist(), abs=1e-5)
    assert by_vectors["rank"].tolist() == reranked["rank"].tolist()


def test_one_model_is_loaded_once(model, monkeypatch, tmp_path):
    folder, loads, load = tiny.encoder(tmp_path / "again", seed=3), [], checkpoints.load_encoder
    monkeypatch.setattr(checkpoints, "load_encoder", lambda *args, **kw: loads.append(args) or load(*args, **kw))
    again = OpticalModel(folder, device="cpu")
    docs = [{"docno": "a", "text": "the river"}, {"docno": "b", "text": "a dog"}]
    reranker, other = again.reranker(), OpticalReranker(folder, device="cpu", truncation="passages")
    retriever, translator = again.retriever(docs), again.translator(["river", "dog"])
    reranker(FRAME), other(FRAME), retriever.search("river"), translator.translate(["mto"])
    assert len(loads) == 1
    OpticalReranker(folder, device="cpu", dtype="bfloat16")(FRAME)
    assert len(loads) == 2, "another precision is another model"


def test_an_index_has_the_model(model, tmp_path):
    index = model.index(tmp_path / "index")
    index.indexer(precision="float32").index(FRAME.drop_duplicates("docno"))
    reranked = index.reranker()(FRAME.drop(columns="text"))
    assert reranked["score"].tolist() == pytest.approx(model.reranker()(FRAME)["score"].tolist(), abs=1e-5)
    assert index.encoders[0].model is model.reranker().encoders[0].model


def test_ranking_texts(model):
    assert model.rank("river", ["a dog", "the river"])["docno"].tolist() == ["1", "0"]
    with pytest.raises(OpticalError, match="'the river' is one text: give a list"):
        model.rank("river", "the river")


def test_explaining_is_the_rerankers(model):
    explanation = model.explain("river", "the river", plan="exact")
    assert explanation.score == model.rank("river", ["the river"])["score"].item()
    assert "river" in explanation.frame["planned_word"].tolist()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"query_vecs": [np.ones((2, 3))] * 4}, "query_vecs have 3 numbers and doc_vecs 2"),
        ({"query_vecs": [np.ones(2)] * 4}, "'query_vecs' must hold arrays of shape"),
        ({"query_weights": [np.ones(1)] * 4}, "Row 0 of the frame has 1 query_weights for 2"),
        ({"query_weights": [np.ones(2), np.ones(1), np.ones(2), np.ones(3)]}, "Row 1 of the frame has 1 query_weights"),
        ({"doc_vecs": [np.full((2, 2), np.nan)] * 4}, "doc_vecs has a number that is not finite"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(change, message):
    frame = FRAME.assign(query_vecs=[np.eye(2)] * 4, doc_vecs=[np.eye(2)] * 4)
    frame = frame.assign(**{name: pd.Series(values, frame.index, object) for name, values in change.items()})
    with pytest.raises(OpticalError, match=message):
        VectorScorer()(frame)


def test_rows_that_share_arrays_are_scored_as_rows_with_copies():
    rng = np.random.default_rng(0)
    query, other, document = (rng.normal(size=(n, 4)).astype(np.float32) for n in (3, 2, 5))
    weights = [np.array([1, 2, 3]), np.array([4, 1])]
    shared = {
        "qid": ["1", "1", "2"],
        "docno": ["a", "b", "a"],
        "query_vecs": [query, query, other],
        "query_weights": [weights[0], weights[0], weights[1]],
        "doc_vecs": [document, np.zeros((0, 0)), document],
    }
    copies = {name: [np.copy(of) for of in values] for name, values in shared.items() if "_" in name}
    scores = VectorScorer()(pd.DataFrame(shared))["score"].tolist()
    assert scores == VectorScorer()(pd.DataFrame({**shared, **copies}))["score"].tolist()
    assert scores[0] == pytest.approx(float((query @ document.T).max(1) @ weights[0]), abs=1e-5)
    assert scores[1] == -6, "the floor of a document without vectors"


def test_documents_in_passages_have_no_vectors(model):
    with pytest.raises(OpticalError, match="truncation='warn' or 'error'"):
        model.doc_encoder(truncation="passages")
