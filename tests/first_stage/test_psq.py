"""Probabilistic structured queries: BM25 of mixed term and document frequencies."""

import math

import numpy as np
import pandas as pd
import pytest

from pyterrier_optical import OpticalTranslator
from pyterrier_optical.first_stage import bm25
from pyterrier_optical.first_stage.postings import Postings
from pyterrier_optical.first_stage.store import read_terms
from pyterrier_optical.translate import Lexicon

DOCS = [
    {"docno": "d0", "text": "a cat sleeps near bread bread"},
    {"docno": "d1", "text": "the long river runs"},
    {"docno": "d2", "text": ""},
    {"docno": "ด3", "text": "cat cat feline"},
    {"docno": "d4", "text": "river mountain stone"},
    {"docno": "d5", "text": "sea water, salt water"},
    {"docno": "d6", "text": "tree wood leaf"},
]


@pytest.fixture(scope="module", params=["pisa", "terrier"])
def retriever(request):
    from pyterrier_optical.first_stage.build import ENGINES

    if reason := ENGINES[request.param].why_not():
        pytest.skip(reason)
    return bm25(DOCS, engine=request.param)


def psq(*queries) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{i}" for i in range(len(queries))], "query": "x", "query_psq": queries})


def test_words_of_one_term_are_plain_bm25(retriever):
    toks = pd.DataFrame({"qid": ["q0"], "query": "x", "query_toks": [{"cat": 1.0, "river": 2.0}]})
    expected, structured = retriever(toks), retriever(psq([{"cat": 1.0}, {"river": 2.0}]))
    assert structured["docno"].tolist() == expected["docno"].tolist()
    assert structured["score"].tolist() == pytest.approx(expected["score"].tolist(), rel=1e-3)


def test_frequencies_are_mixed(retriever):
    out = retriever(psq([{"cat": 0.75, "feline": 0.25}])).set_index("docno")["score"]
    lengths = [6, 4, 0, 3, 3, 4, 3]
    tf, df = 2 * 0.75 + 0.25, 2 * 0.75 + 0.25
    idf = math.log2((7 - df + 0.5) / (df + 0.5))
    saturation = 1.2 * (0.25 + 0.75 * 3 / np.mean(lengths))
    assert out["ด3"] == pytest.approx(idf * 2.2 * tf / (tf + saturation))
    assert set(out.index) == {"d0", "ด3"}


def test_unknown_terms_and_empty_queries(retriever):
    out = retriever(psq([{"unheard": 1.0}], [], [{"unheard": 0.5, "stone": 0.5}, {}]))
    assert out[["qid", "docno"]].to_numpy().tolist() == [["q2", "d4"]]


def test_terms_that_were_changed_since_count(retriever):
    frame = psq([{"cat": 0.75, "feline": 0.25}]).assign(query_toks=[{"cat": 0.7, "feline": 0.4}])
    assert retriever(frame)["score"].tolist() == retriever(frame.drop(columns="query_toks"))["score"].tolist()
    expanded = frame.assign(query_toks=[{"cat": 0.7, "stone": 1.0}])
    assert retriever(expanded)["docno"].tolist() == retriever(expanded.drop(columns="query_psq"))["docno"].tolist()
    assert "d4" in set(retriever(expanded)["docno"])


def test_results_are_cut_and_in_order(retriever):
    out = (retriever % 2)(psq([{"cat": 1.0}, {"river": 1.0}, {"stone": 0.5, "wood": 0.5}]))
    assert len(out) == 2 and out["rank"].tolist() == [0, 1] and out["score"].is_monotonic_decreasing
    assert out["query"].tolist() == ["x", "x"]


def test_a_translator_makes_such_queries(retriever):
    lexicon = Lexicon.from_entries({"sw": {"paka": (3, {"cat": 0.8, "feline": 0.2}), "mto": (3, {"river": 1.0})}})
    pipeline = OpticalTranslator(method="lexicon", lexicon=lexicon, weighting="psq", max_df=1.0) >> retriever
    topics = pd.DataFrame({"qid": ["1"], "query": ["mto paka"]})
    out = pipeline(topics)
    expected = retriever(psq([{"river": 1.0}, lexicon.translations("paka", {"sw": 1.0})]))
    assert out["score"].tolist() == pytest.approx(expected["score"].tolist(), rel=5e-3)
    assert {"query_toks", "query_psq"} <= set(out.columns) and out["query"].unique().tolist() == ["mto paka"]


def test_postings_are_those_of_the_documents(retriever):
    from pathlib import Path

    folder = Path(retriever.index_path)
    postings = Postings(folder, read_terms(folder))
    documents, frequencies = postings["cat"]
    assert dict(zip(postings.docnos[documents], frequencies.tolist(), strict=True)) == {"d0": 1, "ด3": 2}
    assert postings.lengths.tolist() == [6, 4, 0, 3, 3, 4, 3]
