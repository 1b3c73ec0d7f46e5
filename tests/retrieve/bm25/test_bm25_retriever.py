"""BM25Retriever: any text is a query, in any script, and frames keep PyTerrier's contract."""

import pickle

import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from few_documents import DOCS, SCRIPTS, found, queries, shared

import pyterrier_optical
from pyterrier_optical import OpticalError
from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25
from pyterrier_optical.script.tokenise import words


class TestContract(pt.testing.transformer_test_class(lambda: bm25(DOCS, engine="pisa"))):
    """PyTerrier's own checks."""


def test_searches_by_words(retriever, engine):
    assert found(retriever, "Where is the RIVER?")[0] == "ferry"
    assert found(retriever, "cotton") == ["loom"]
    assert (retriever.engine, retriever.num_docs) == (engine, 4)
    assert retriever.terms()["the"] == 2 and retriever.terms()["millet"] == 1
    assert list(retriever.terms().values()) == sorted(retriever.terms().values(), reverse=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_documents_in_every_script_are_found(engine, script):
    assert found(shared(engine, "scripts"), SCRIPTS[script][1])[0] == script


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "?!",
        "nowhere",
        '"river',
        "river:wide [ferry] (twice) {day}",
        "river^2 +ferry -wide /x/ #combine(river) #1(a b)",
        "🚣 river 🏞️",
        "river\x00\n\tferry",
        "river \udbff".encode("utf-8", "replace").decode(),
        " ".join(f"word{i}" for i in range(5000)) + " river",
        "applypipeline:off river",
        "x" * 10000,
    ],
)
def test_any_text_is_a_query(retriever, query):
    results = retriever(queries(query, "cotton"))
    assert results[results.qid == "q1"]["docno"].tolist() == ["loom"]
    assert ("ferry" in results[results.qid == "q0"]["docno"].tolist()) == ("river" in words(query))


def test_an_unknown_word_finds_its_other_spellings():
    docs = [
        {"docno": "market", "text": "Ọjà tuntun wà níbí; ọjà náà tóbi."},
        {"docno": "row", "text": "Òjà yìí gùn."},
        {"docno": "film", "text": "यह फ़िल्म हिंदी में है"},
        {"docno": "plain", "text": "A resume of the year."},
    ]
    retriever = bm25(docs, engine="pisa")
    assert set(found(retriever, "oja")) == {"market", "row"}
    assert found(retriever, "ọjà") == ["market"] and found(retriever, "òjà") == ["row"]
    assert found(retriever, "फिल्म") == found(retriever, "हिन्दी") == ["film"]
    assert found(retriever, "résumé") == ["plain"]
    assert found(retriever, "omi") == []


def test_missing_query_has_no_results(retriever):
    frame = pd.DataFrame({"qid": ["a", "b"], "query": [None, "cotton"]})
    assert retriever(frame)["qid"].tolist() == ["b"]


def test_columns_survive_and_ranks_start_at_the_first(retriever):
    frame = (
        queries("river ferry", "maize", "zzz").assign(query_0="odò", score=9.0, rank=7).set_index(pd.Index([5, 5, 6]))
    )
    results = retriever(frame)
    assert results.columns.tolist() == ["qid", "query", "query_0", "docno", "score", "rank"]
    assert results[["qid", "docno", "rank"]].values.tolist() == [["q0", "ferry", 0], ["q1", "millet", 0]]
    assert results.index.tolist() == [0, 1] and results["score"].dtype == np.float64


@pytest.mark.parametrize("column", ["query", "query_toks"])
def test_frame_without_rows(retriever, column):
    results = retriever(pd.DataFrame(columns=["qid", column]))
    assert results.columns.tolist() == ["qid", column, "docno", "score", "rank"] and results.empty


def test_frame_without_a_query_is_refused():
    with pytest.raises(pt.validate.InputValidationError):
        bm25(DOCS, engine="pisa")(pd.DataFrame({"qid": ["q"], "text": ["river"]}))


def test_query_toks_go_before_query_and_are_index_terms(retriever):
    frame = queries("cotton", "cotton").assign(query_toks=[{"maize": 0.2, "nowhere": 5, "river": -1, "loom": 0}, {}])
    assert retriever(frame)[["qid", "docno"]].values.tolist() == [["q0", "millet"]]


@pytest.mark.parametrize(
    "toks",
    [
        None,
        "river",
        {"river": float("nan")},
        {"river": float("inf")},
        {"river": 1e300},
        {"river": "1"},
        {"river": None},
    ],
)
def test_query_toks_of_another_kind_are_refused(toks):
    frame = pd.DataFrame({"qid": ["q7"], "query_toks": [toks]})
    with pytest.raises(OpticalError, match="query_toks of query 'q7'"):
        bm25(DOCS, engine="pisa")(frame)


def test_more_than_a_thousand_results(engine):
    docs = [{"docno": str(i), "text": "porridge" if i % 3 else "tea"} for i in range(3600)]
    assert len(found(bm25(docs, engine=engine, num_results=1500), "tea")) == 1200


@pytest.mark.parametrize("plan", ["linear", "tree"])
def test_in_experiments_with_both_planners(retriever, plan):
    qrels = pd.DataFrame({"qid": ["q0", "q1"], "docno": ["ferry", "loom"], "label": 1})
    pipelines = [retriever % 2, retriever % 2 >> pt.apply.query(lambda row: row["query"])]
    topics = queries("wide river", "weaves")
    table = pt.Experiment(pipelines, topics, qrels, [ir_measures.RR], plan=plan, validate="error")
    assert table["RR"].tolist() == [1.0, 1.0]


def test_identity():
    retriever = bm25(DOCS, engine="pisa")
    again = BM25Retriever(retriever.index_path)
    assert retriever == again and hash(retriever) == hash(again)
    assert retriever != BM25Retriever(retriever.index_path, b=0.5) and retriever != "BM25"
    assert repr(retriever) == f"BM25Retriever(index_path='{retriever.index_path}')"
    assert pt.schematic.transformer_schematic(retriever)["label"] == "BM25"
    assert pt.inspect.transformer_inputs(retriever) == [["qid", "query"], ["qid", "query_toks"]]


def test_a_pickled_retriever_opens_the_index_again(retriever):
    retriever.search("river")
    copy = pickle.loads(pickle.dumps(retriever))  # noqa: S301
    assert copy == retriever and found(copy, "river") == ["ferry"]


def test_the_package_hands_it_out():
    assert pyterrier_optical.bm25 is bm25


def test_five_thousand_words_of_the_index(engine):
    names = [f"w{i}" for i in range(5000)]
    docs = [{"docno": str(i), "text": " ".join(names[i::50])} for i in range(50)]
    docs.append({"docno": "most", "text": " ".join(names[:200])})
    results = bm25(docs, engine=engine)(queries(" ".join(names), " ".join(names * 2)))
    assert results.groupby("qid").size().tolist() == [51, 51]
    assert results[results["rank"] == 0]["docno"].tolist() == ["most", "most"]


@pytest.mark.parametrize("largest", [1e-90, 1e-5, 1, 1e90])
def test_weights_of_every_size(engine, largest):
    retriever = shared(engine, "documents")
    toks = {"maize": largest, "cotton": largest / 2, "nowhere": largest * 1e9, "ferry": largest / 1e7}
    found = retriever(pd.DataFrame({"qid": ["q"], "query_toks": [toks]}))
    assert found["docno"].tolist() == ["millet", "loom"]
    assert found["score"][0] / largest == pytest.approx(retriever.search("maize")["score"][0], rel=0.01)


@pytest.mark.parametrize("num_results", [0, 2.5, "ten", None])
def test_what_is_no_number_of_results(num_results):
    with pytest.raises(OpticalError, match=f"num_results={num_results!r} must be a whole number from 1"):
        BM25Retriever(shared("pisa", "documents").index_path, num_results=num_results)


@pytest.mark.parametrize(
    "options",
    [{"k1": -1}, {"k1": float("nan")}, {"k1": float("inf")}, {"k1": "x"}, {"b": -0.1}, {"b": 1.1}, {"b": None}],
)
def test_parameters_out_of_range(options):
    with pytest.raises(OpticalError, match="must be a number from 0, and b="):
        BM25Retriever(shared("pisa", "documents").index_path, **options)
