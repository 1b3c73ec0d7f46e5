"""OpticalRetriever's frame contract, its scores, and its place in PyTerrier."""

import logging
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny
from ir_measures import AP, nDCG

import pyterrier_optical
from pyterrier_optical import OpticalError, OpticalReranker
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.index import in_memory
from pyterrier_optical.late.maxsim import maxsim_reference
from pyterrier_optical.retrieve.dense import OpticalRetriever

TEXTS = {
    "d1": "the long river",
    "क-2": "a small dog",
    "d3": "water near bread",
    "แมว": "the cat sleeps",
    "d5": "the long river",
    "d6": "",
}
DOCUMENTS = [{"docno": docno, "text": text} for docno, text in TEXTS.items()]
TOPICS = pd.DataFrame({"qid": ["q1", "q2", "q3", "q4"], "query": ["mto mrefu", "", "katze", "mto mrefu"]})


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("retriever"))


@pytest.fixture(scope="module")
def retriever(folder) -> OpticalRetriever:
    return OpticalRetriever(DOCUMENTS, folder, device="cpu")


@pytest.fixture
def count_encodings(monkeypatch) -> list:
    calls = []
    encode = in_memory.encode_corpus
    count = lambda *args, **options: calls.append(1) or encode(*args, **options)  # noqa: E731
    monkeypatch.setattr(in_memory, "encode_corpus", count)
    return calls


class TestContract(pt.testing.transformer_test_class(lambda: OpticalRetriever(DOCUMENTS, device="cpu"))):
    """PyTerrier's own checks; the model is never needed for them."""


@pytest.mark.parametrize(("precision", "tolerance"), [("float32", 1e-5), ("float16", 3e-3)])
@pytest.mark.parametrize("options", [{}, {"exact_limit": 2, "candidates": 5}])
def test_scores_are_maxsim_of_the_models_vectors(folder, precision, tolerance, options):
    model = load_encoder(folder, device="cpu")
    out = OpticalRetriever(DOCUMENTS, model, precision=precision, **options)(TOPICS)
    for row in out.itertuples():
        expected = maxsim_reference(model.encode_query(row.query), model.encode_document(TEXTS[row.docno]))
        assert row.score == pytest.approx(expected, abs=tolerance)
    assert out.groupby("qid").size().to_dict() == {"q1": 5, "q3": 5, "q4": 5}
    for _, group in out.groupby("qid"):
        assert group["score"].is_monotonic_decreasing
        assert group["rank"].tolist() == list(range(5))


def test_agrees_with_reranking_all_pairs(folder, retriever):
    out = retriever(TOPICS)
    pairs = TOPICS.merge(pd.DataFrame(DOCUMENTS), how="cross")
    reranked = OpticalReranker(folder, device="cpu")(pairs[(pairs["text"] != "") & (pairs["query"] != "")])
    both = out.merge(reranked, on=["qid", "docno"], suffixes=("", "_reranked"))
    assert len(both) == len(out) == 15
    np.testing.assert_allclose(both["score"], both["score_reranked"], atol=3e-3)


def test_columns_of_the_query_survive_and_old_scores_are_replaced(retriever):
    topics = TOPICS.assign(score=3.0, rank=1, query_toks=[{"a": 1.0}] * 4, lang="sw").set_index(pd.Index([4, 4, 1, 0]))
    before = topics.copy(deep=True)
    out = retriever(topics)
    pd.testing.assert_frame_equal(topics, before)
    assert out.columns.tolist() == ["qid", "query", "query_toks", "lang", "docno", "score", "rank"]
    assert out.index.tolist() == list(range(15))
    assert out["query_toks"].tolist() == [{"a": 1.0}] * 15
    assert set(out["docno"]) == set(TEXTS) - {"d6"}


def test_equal_documents_stand_in_corpus_order(retriever):
    for _, group in retriever(TOPICS).groupby("qid"):
        ranks = group.set_index("docno")["rank"]
        assert ranks["d5"] == ranks["d1"] + 1


def test_empty_missing_and_unknown_queries_find_nothing(retriever):
    for query in ("", None, float("nan"), pd.NA, "日本"):
        out = retriever(pd.DataFrame({"qid": ["q"], "query": [query]}, dtype=object))
        assert len(out) == 0
        assert out.columns.tolist() == ["qid", "query", "docno", "score", "rank"]


def test_no_rows_need_no_model(count_encodings):
    out = OpticalRetriever(DOCUMENTS, "/nowhere/at/all")(TOPICS.iloc[:0].assign(lang="sw"))
    assert out.columns.tolist() == ["qid", "query", "lang", "docno", "score", "rank"]
    assert out["score"].dtype == np.float64 and out["rank"].dtype == np.int64
    assert not count_encodings


def test_missing_columns_are_named(retriever):
    for frame in (pd.DataFrame(), TOPICS.drop(columns="query"), TOPICS.assign(docno="d1")):
        with pytest.raises(pt.validate.InputValidationError):
            retriever(frame)


@pytest.mark.parametrize(
    "corpus",
    [
        lambda: pd.DataFrame(DOCUMENTS),
        lambda: (document for document in DOCUMENTS),
        lambda: lambda: iter(DOCUMENTS),
    ],
)
def test_kinds_of_corpora(folder, retriever, corpus):
    other = OpticalRetriever(corpus(), folder, device="cpu")
    pd.testing.assert_frame_equal(other(TOPICS), retriever(TOPICS))
    pd.testing.assert_frame_equal(other(TOPICS), retriever(TOPICS))  # a generator is not read again


def test_fields(folder):
    docs = [{"docno": "a", "title": "katze", "text": "mto"}, {"docno": "b", "title": "mto", "text": "katze"}]
    best = {
        fields: OpticalRetriever(docs, folder, device="cpu", fields=fields).search("katze")["docno"].iloc[0]
        for fields in ("title", "text")
    }
    assert best == {"title": "a", "text": "b"}
    assert OpticalRetriever(docs, fields=["title", "text"]) == OpticalRetriever(docs, fields=("title", "text"))


@pytest.mark.slow
def test_data_set_by_name(shipped_model):
    dataset = pt.get_dataset("optical:sample/sw")
    retriever = OpticalRetriever("optical:sample/sw", device="cpu")
    measured = pt.Evaluate(retriever(dataset.get_topics()), dataset.get_qrels(), [nDCG @ 10])
    assert measured["nDCG@10"] > 0.5
    assert repr(retriever) == "OpticalRetriever(corpus='optical:sample/sw', device='cpu')"


def test_unfit_corpora(folder):
    with pytest.raises(OpticalError, match="Cannot read documents from int"):
        OpticalRetriever(3)
    with pytest.raises(OpticalError, match="no documents"):
        OpticalRetriever([], folder, device="cpu").search("mto")
    with pytest.raises(OpticalError, match="docno 'd1'"):
        OpticalRetriever([*DOCUMENTS, DOCUMENTS[0]], folder, device="cpu").search("mto")


def test_a_generator_that_broke_off_is_not_read_on(folder):
    def broken():
        yield from DOCUMENTS[:2]
        raise KeyboardInterrupt

    retriever = OpticalRetriever(broken(), folder, device="cpu")
    with pytest.raises(KeyboardInterrupt):
        retriever.search("mto")
    with pytest.raises(OpticalError, match="broken off"):
        (retriever % 2).compile().search("mto")


def test_documents_are_encoded_once_and_shared_with_cutoffs(folder, count_encodings):
    retriever = OpticalRetriever(DOCUMENTS, folder, device="cpu")
    top = (retriever % 2).compile()
    assert isinstance(top, OpticalRetriever) and top.num_results == 2
    assert top != retriever and retriever.fuse_rank_cutoff(5000) is retriever
    out = top(TOPICS)
    pd.testing.assert_frame_equal(out, retriever(TOPICS).query("rank < 2").reset_index(drop=True))
    pd.testing.assert_frame_equal(top(TOPICS), (retriever % 2)(TOPICS))
    assert len(count_encodings) == 1


def test_candidates_limit_what_is_found(folder):
    few = OpticalRetriever(DOCUMENTS, folder, device="cpu", exact_limit=5, candidates=2)(TOPICS)
    assert few.groupby("qid").size().to_dict() == {"q1": 2, "q3": 2, "q4": 2}
    exact = OpticalRetriever(DOCUMENTS, folder, device="cpu", exact_limit=6, candidates=2)(TOPICS)
    assert exact.groupby("qid").size().to_dict() == {"q1": 5, "q3": 5, "q4": 5}


@pytest.mark.parametrize("options", [{}, {"exact_limit": 0}])
def test_normalize_divides_by_the_number_of_query_tokens(folder, retriever, options):
    out = OpticalRetriever(DOCUMENTS, folder, device="cpu", normalize=True, **options)(TOPICS)
    plain = retriever(TOPICS)
    tokens = plain["query"].map({"mto mrefu": 4, "katze": 3})
    np.testing.assert_allclose(out["score"] * tokens, plain["score"], atol=1e-6)
    assert out["score"].between(-1, 1).all()


def test_long_texts(folder, caplog):
    docs = [{"docno": "long", "text": "water " * 100 + "the long river"}, {"docno": "short", "text": "bread"}]
    topics = pd.DataFrame({"qid": ["a", "b"], "query": ["mto " * 90, "river"]})
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        cut = OpticalRetriever(docs, folder, device="cpu", max_query_tokens=9, max_document_tokens=30)(topics)
    messages = [record.getMessage() for record in caplog.records]
    assert "1 query text cut to 9 tokens" in messages[0] and "1 document text cut to 30 tokens" in messages[1]
    passages = OpticalRetriever(docs, folder, device="cpu", truncation="passages", max_document_tokens=30)(topics)
    cut, passages = (out[out["qid"] == "b"].set_index("docno")["score"] for out in (cut, passages))
    assert passages["long"] > cut["long"]
    assert passages["short"] == pytest.approx(cut["short"], abs=1e-3)
    with pytest.raises(OpticalError, match="document 'long' has 105 tokens"):
        OpticalRetriever(docs, folder, device="cpu", truncation="error").search("river")
    with pytest.raises(OpticalError, match="query 'a' has 92 tokens"):
        OpticalRetriever(docs[1:], folder, device="cpu", truncation="error")(topics)


def test_a_separate_document_model(folder, tmp_path):
    other = tiny.encoder(tmp_path / "same", seed=5)
    out = OpticalRetriever(DOCUMENTS, folder, document_model=other, device="cpu").search("katze")
    query, document = load_encoder(folder, device="cpu"), load_encoder(other, device="cpu")
    for row in out.itertuples():
        expected = maxsim_reference(query.encode_query("katze"), document.encode_document(TEXTS[row.docno]))
        assert row.score == pytest.approx(expected, abs=3e-3)


@pytest.mark.parametrize(
    "options",
    [{"precision": "int4"}, {"num_results": 0}, {"candidates": 0}, {"exact_limit": -1}, {"truncation": "cut"}],
)
def test_wrong_arguments_are_one_sentence(options):
    with pytest.raises(OpticalError) as caught:
        OpticalRetriever(DOCUMENTS, **options)
    assert str(next(iter(options.values()))) in str(caught.value)


def test_identity(folder):
    frame = pd.DataFrame(DOCUMENTS)
    a, b = OpticalRetriever(frame, str(folder)), OpticalRetriever(frame, Path(folder))
    assert a == b and hash(a) == hash(b) and repr(a) == repr(b)
    assert a != OpticalRetriever(frame.copy(), folder)
    assert a != OpticalRetriever(frame, folder, num_results=3)
    assert "DataFrame" in repr(a) and "\n" not in repr(a)


def test_pickled_without_vectors(retriever):
    expected = retriever(TOPICS)
    data = pickle.dumps(retriever)
    assert len(data) < 5000
    again = pickle.loads(data)  # noqa: S301 - our own bytes
    pd.testing.assert_frame_equal(again(TOPICS), expected)


@pytest.mark.parametrize("plan", ["linear", "tree"])
def test_experiment(folder, plan, count_encodings):
    retriever = OpticalRetriever(DOCUMENTS, folder, device="cpu")
    texts = pd.DataFrame(DOCUMENTS)
    loader = pt.apply.generic(lambda frame: frame.merge(texts, on="docno"), transform_outputs=lambda c: [*c, "text"])
    systems = [retriever, retriever % 2, retriever % 3 >> loader >> OpticalReranker(folder, device="cpu")]
    qrels = pd.DataFrame({"qid": ["q1", "q3"], "docno": ["क-2", "แมว"], "label": [2, 1]})
    table = pt.Experiment(systems, TOPICS, qrels, [AP], names=["all", "two", "three"], plan=plan, validate="error")
    expected = pt.Evaluate(retriever(TOPICS), qrels, [AP])
    assert table.set_index("name").loc["all", "AP"] == pytest.approx(expected["AP"])
    assert len(count_encodings) == 1


def test_schematic():
    schematic = pt.schematic.transformer_schematic(OpticalRetriever(DOCUMENTS))
    assert len(schematic["label"]) <= 20
    assert schematic["help_url"].startswith("https://")


@pytest.mark.slow
def test_importing_and_building_needs_no_torch():
    code = (
        "import sys, pandas as pd\n"
        "from pyterrier_optical.retrieve.dense import OpticalRetriever\n"
        "r = OpticalRetriever([{'docno': 'a', 'text': 'b'}]); repr(r); hash(r)\n"
        "r(pd.DataFrame(columns=['qid', 'query']))\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    root = Path(pyterrier_optical.__file__).parents[1]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
