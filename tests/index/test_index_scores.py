"""Scores from an index are those of OpticalReranker."""

import logging

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from index_data import DOCUMENTS, TEXTS, TOPICS
from ir_measures import AP

from pyterrier_optical import Lexicon, OpticalError, OpticalIndex, OpticalReranker, OpticalRetriever

# What the stored precision may change of a score of up to eight query tokens and their glosses.
TOLERANCES = {"float32": 1e-5, "float16": 5e-3, "int8": 6e-2}
LEXICON = Lexicon.from_entries({"sw": {"mto": (9, {"river": 1.0}), "mrefu": (9, {"long": 1.0})}})


class TestReranker(pt.testing.transformer_test_class(lambda: OpticalIndex("nowhere").reranker())):
    """PyTerrier's own checks; neither index nor model is needed for them."""


class TestRetriever(pt.testing.transformer_test_class(lambda: OpticalIndex("nowhere").retriever())):
    """PyTerrier's own checks."""


def by_pair(frame: pd.DataFrame) -> pd.Series:
    return frame.set_index(["qid", "docno"])["score"].sort_index()


@pytest.mark.parametrize("precision", TOLERANCES)
@pytest.mark.parametrize("options", [{}, {"gloss": 0.4}, {"gloss": 0, "normalize": True}, {"max_query_tokens": 3}])
def test_reranker_and_retriever_score_as_the_reranker_of_texts(make, folder, pairs, precision, options):
    index = make(precision=precision)
    expected = by_pair(OpticalReranker(folder, device="cpu", **options)(pairs))
    reranked = index.reranker(**options)(pairs.drop(columns="text"))
    np.testing.assert_allclose(by_pair(reranked), expected, atol=TOLERANCES[precision])
    retrieved = by_pair(index.retriever(**options)(TOPICS))
    assert len(retrieved) == 3 * (len(TEXTS) - 1), "a document without a vector is not found"
    np.testing.assert_allclose(retrieved, expected[retrieved.index], atol=TOLERANCES[precision])


def test_retriever_on_disk_and_in_memory_give_the_same_frame(make, folder):
    for options in ({}, {"exact_limit": 0, "candidates": 3}, {"num_results": 2}):
        in_memory = OpticalRetriever(DOCUMENTS, folder, device="cpu", **options)(TOPICS)
        pd.testing.assert_frame_equal(make(name=f"{options}").retriever(**options)(TOPICS), in_memory)


def test_the_lexicon_gives_glosses_to_an_index_too(make, folder, pairs):
    pairs = pairs.drop(columns="query_gloss")
    expected = by_pair(OpticalReranker(folder, device="cpu", lexicon=LEXICON)(pairs))
    index = make(precision="float32")
    np.testing.assert_allclose(by_pair(index.reranker(lexicon=LEXICON)(pairs)), expected, atol=1e-5)
    retrieved = by_pair(index.retriever(lexicon=LEXICON)(TOPICS[["qid", "query"]]))
    np.testing.assert_allclose(retrieved, expected[retrieved.index], atol=1e-5)
    assert abs(by_pair(index.reranker()(pairs)) - expected).max() > 1e-3, "this model has no lexicon of its own"


@pytest.mark.parametrize("truncation", ["warn", "passages"])
def test_long_documents(make, folder, pairs, truncation, caplog):
    options = {"max_document_tokens": 9, "truncation": truncation}
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        index = make(precision="float32", **options)
    cuts = [record.getMessage() for record in caplog.records if "cut to 9 tokens" in record.getMessage()]
    assert len(cuts) == (truncation == "warn")
    expected = by_pair(OpticalReranker(folder, device="cpu", **options)(pairs))
    np.testing.assert_allclose(by_pair(index.reranker()(pairs)), expected, atol=1e-5)
    with pytest.raises(OpticalError, match="The document '7' has"):
        make(name="refused", max_document_tokens=9, truncation="error")


def test_a_document_outside_the_index_is_refused_or_scored_from_its_text(make, folder, pairs):
    some = make(DOCUMENTS[:3], precision="float32", max_document_tokens=8)
    with pytest.raises(OpticalError, match=r"The document 'แมว' is not in the index .*missing='text'"):
        some.reranker()(pairs)
    expected = by_pair(OpticalReranker(folder, device="cpu", max_document_tokens=8)(pairs))
    np.testing.assert_allclose(by_pair(some.reranker(missing="text")(pairs)), expected, atol=1e-5)
    outside = by_pair(some.reranker(missing="text")(pairs[pairs["docno"].isin(["d5", "7"])]))
    np.testing.assert_allclose(outside, expected[outside.index], atol=1e-5)
    with pytest.raises(pt.validate.InputValidationError):
        some.reranker(missing="text")(pairs.drop(columns="text"))


def test_numbers_as_docnos_meet_their_texts(make, pairs):
    index = make([{"docno": str(i), "text": document["text"]} for i, document in enumerate(DOCUMENTS)])
    numbered = TOPICS.merge(pd.DataFrame({"docno": range(7)}), how="cross")
    as_text = numbered.assign(docno=numbered["docno"].astype(str))
    assert index.reranker()(numbered)["score"].tolist() == index.reranker()(as_text)["score"].tolist()


def test_no_rows_need_neither_index_nor_model(tmp_path):
    index = OpticalIndex(tmp_path / "nowhere", "/no/such/model")
    out = index.reranker()(pd.DataFrame(columns=["qid", "query", "docno", "lang"]))
    assert out.columns.tolist() == ["qid", "query", "docno", "lang", "score", "rank"] and len(out) == 0
    out = index.retriever()(pd.DataFrame(columns=["qid", "query"]))
    assert out.columns.tolist() == ["qid", "query", "docno", "score", "rank"] and len(out) == 0
    for transformer in (index.reranker(), index.retriever(), index.reranker(missing="text")):
        with pytest.raises(pt.validate.InputValidationError):
            transformer(pd.DataFrame())


def test_inputs_and_outputs_that_pyterrier_sees(make):
    index = make()
    assert [set(names) for names in pt.inspect.transformer_inputs(index.reranker(gloss=0))] == [
        {"qid", "query", "docno"}
    ]
    assert "query_gloss" in pt.inspect.transformer_inputs(index.retriever())[1]
    assert pt.inspect.indexer_inputs(index.indexer()) == [["docno", "title", "text"], ["docno", "text"]]
    assert pt.inspect.indexer_inputs(index.indexer(fields="body")) == [["docno", "body"]]
    assert pt.inspect.artifact_type_format(index) == ("token_index", "optical")
    for transformer in (index.reranker(), index.retriever(), index.indexer()):
        assert pt.schematic.transformer_schematic(transformer)["help_url"].startswith("https://")


@pytest.mark.parametrize("plan", ["linear", "tree"])
def test_experiment(make, plan):
    index = make()
    qrels = pd.DataFrame({"qid": ["q1", "q2"], "docno": ["क-2", "แมว"], "label": [2, 1]})
    systems = [index.retriever(), index.retriever() % 3 >> index.reranker(), index.retriever() % 3]
    table = pt.Experiment(systems, TOPICS, qrels, [AP], names=["all", "again", "three"], plan=plan, validate="error")
    assert table["AP"].iloc[1] == table["AP"].iloc[2] <= table["AP"].iloc[0]


def test_identity(make, folder, tmp_path):
    a, b = OpticalIndex(tmp_path / "x", folder), OpticalIndex(str(tmp_path / "x"), str(folder))
    assert a == b and hash(a) == hash(b) and repr(a) == repr(b)
    assert a.reranker() == b.reranker() and hash(a.retriever()) == hash(b.retriever())
    assert a.reranker() != OpticalIndex(tmp_path / "y", folder).reranker() != a.reranker(gloss=0.1)
    assert a.reranker(text_field=["a", "b"]) == a.reranker(text_field=("a", "b"))
    shown = repr(a.reranker(missing="text"))
    assert "OpticalIndex(path=" in shown and "missing='text'" in shown


def test_scores_of_two_lengths_are_not_mixed(make):
    index = make()
    with pytest.raises(OpticalError, match="IndexReranker normalize=True"):
        index.reranker() + index.reranker()
    with pytest.raises(OpticalError, match="IndexRetriever normalize=True"):
        0.5 * index.retriever()
    assert 0.5 * index.retriever(normalize=True)


@pytest.mark.parametrize(
    ("what", "options"),
    [
        ("reranker", {"missing": "skip"}),
        ("reranker", {"max_query_tokens": 0}),
        ("reranker", {"gloss": 1}),
        ("retriever", {"num_results": 0}),
        ("retriever", {"max_query_tokens": -1}),
        ("indexer", {"precision": "int4"}),
        ("indexer", {"truncation": "cut"}),
        ("indexer", {"max_document_tokens": 0}),
    ],
)
def test_wrong_arguments_are_one_sentence(tmp_path, what, options):
    with pytest.raises(OpticalError) as caught:
        getattr(OpticalIndex(tmp_path / "x"), what)(**options)
    name, value = next(iter(options.items()))
    assert name in str(caught.value) and str(value) in str(caught.value)


def test_too_long_queries(make, caplog):
    index = make()
    topics = pd.DataFrame({"qid": ["a"], "query": ["mto " * 90], "docno": ["d1"]})
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        index.reranker(max_query_tokens=9)(topics)
    assert "1 query text cut to 9 tokens" in caplog.records[-1].getMessage()
    strict = make(DOCUMENTS[:2], name="strict", truncation="error")
    with pytest.raises(OpticalError, match="query 'a' has 92 tokens"):
        strict.reranker()(topics)
