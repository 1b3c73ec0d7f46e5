"""Cross-encoders: sentence-transformers' scores in the frame contract of the other rerankers."""

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import CrossEncoderReranker, OpticalError

FRAME = pd.DataFrame(
    {
        "qid": ["q1", "q1", "q1", "q2", "q2"],
        "query": ["mto mrefu", "mto mrefu", "mto mrefu", "katze", "katze"],
        "docno": ["d1", "d2", "d3", "d4", "d1"],
        "text": ["the long river", "a small dog", None, "the cat sleeps " * 60, "the long river"],
    }
)


class TestContract(pt.testing.transformer_test_class(lambda: CrossEncoderReranker("no-model"))):
    """PyTerrier's own checks; the model is never needed for them."""


@pytest.fixture(scope="module", params=["bert", "xlmr"])
def checkpoint(request, tmp_path_factory):
    return tiny.cross_encoder(tmp_path_factory.mktemp("cross"), family=request.param)


def logits(folder, pairs):
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity

    return CrossEncoder(str(folder), device="cpu", max_length=64).predict(pairs, activation_fn=Identity())


def test_scores_are_the_logits_of_the_pairs(checkpoint):
    out = CrossEncoderReranker(checkpoint, device="cpu", max_length=64)(FRAME)
    pairs = list(zip(FRAME["query"], FRAME["text"].fillna(""), strict=True))
    np.testing.assert_allclose(out["score"], logits(checkpoint, pairs), atol=1e-5)
    assert out["score"].nunique() == len(FRAME)
    by_score = out.groupby("qid")["score"].rank(ascending=False) - 1
    np.testing.assert_array_equal(out["rank"], by_score)


def test_a_pair_that_comes_twice_is_scored_once(checkpoint, monkeypatch):
    reranker = CrossEncoderReranker(checkpoint, device="cpu")
    once = reranker(FRAME)
    asked = []
    predict = reranker.encoders.predict
    monkeypatch.setattr(reranker.encoders, "predict", lambda pairs, **o: (asked.extend(pairs), predict(pairs, **o))[1])
    out = reranker(pd.concat([FRAME, FRAME.assign(docno=FRAME["docno"] + "-again")], ignore_index=True))
    assert len(asked) == len(FRAME)
    np.testing.assert_allclose(out["score"][: len(FRAME)], once["score"], atol=1e-6)
    np.testing.assert_array_equal(out["score"][: len(FRAME)], out["score"][len(FRAME) :])


def test_long_pairs_are_cut_to_what_the_model_takes(checkpoint):
    whole = CrossEncoderReranker(checkpoint, device="cpu")(FRAME)
    assert np.isfinite(whole["score"]).all()
    over = CrossEncoderReranker(checkpoint, device="cpu", max_length=10_000)(FRAME)
    np.testing.assert_allclose(over["score"], whole["score"], atol=1e-6)
    short = CrossEncoderReranker(checkpoint, device="cpu", max_length=8)(FRAME)
    assert abs(short["score"][3] - whole["score"][3]) > 1e-6


def test_a_loaded_model_is_used_as_it_is(checkpoint):
    from sentence_transformers import CrossEncoder

    loaded = CrossEncoder(str(checkpoint), device="cpu", max_length=64)
    out = CrossEncoderReranker(loaded)(FRAME)
    np.testing.assert_allclose(out["score"], CrossEncoderReranker(checkpoint, device="cpu")(FRAME)["score"], atol=1e-5)


def test_other_fields(checkpoint):
    frame = FRAME.rename(columns={"text": "body", "query": "question"})
    out = CrossEncoderReranker(checkpoint, device="cpu", text_field="body", query_field="question")(frame)
    np.testing.assert_allclose(out["score"], CrossEncoderReranker(checkpoint, device="cpu")(FRAME)["score"], atol=1e-6)


def test_what_gives_no_single_score_is_refused(tmp_path):
    folder = tiny.cross_encoder(tmp_path, labels=3)
    with pytest.raises(OpticalError, match="has 3 labels for a pair"):
        CrossEncoderReranker(folder, device="cpu")(FRAME)


@pytest.mark.parametrize("encoder", [tiny.bert, tiny.labse, tiny.encoder])
def test_another_encoder_is_refused(encoder, tmp_path):
    with pytest.raises(OpticalError, match="is no cross-encoder: OpticalReranker takes late-interaction"):
        CrossEncoderReranker(encoder(tmp_path), device="cpu")(FRAME)


def test_what_sentence_transformers_saves_is_taken(checkpoint, tmp_path):
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(checkpoint), device="cpu", max_length=64).save_pretrained(str(tmp_path / "saved"))
    out = CrossEncoderReranker(tmp_path / "saved", device="cpu")(FRAME)
    np.testing.assert_allclose(out["score"], CrossEncoderReranker(checkpoint, device="cpu")(FRAME)["score"], atol=1e-5)


@pytest.mark.parametrize("model", [None, 3, object()])
def test_what_is_no_model_is_refused(model):
    with pytest.raises(OpticalError, match="pass a folder, a hub id or a CrossEncoder"):
        CrossEncoderReranker(model)(FRAME)


def test_a_limit_without_room_for_words_is_refused(checkpoint):
    with pytest.raises(OpticalError, match=r"max_length is 3 and the markers take [34]: give at least [56]"):
        CrossEncoderReranker(checkpoint, device="cpu", max_length=3)(FRAME)


@pytest.mark.parametrize("wrong", [{"max_length": 0}, {"batch_size": -1}, {"dtype": "float7"}, {"text_field": 3}])
def test_arguments_out_of_range(wrong):
    with pytest.raises(OpticalError):
        CrossEncoderReranker("no-model", **wrong)


def test_no_such_model(tmp_path):
    with pytest.raises(OpticalError, match="absent"):
        CrossEncoderReranker(tmp_path / "absent")(FRAME)
