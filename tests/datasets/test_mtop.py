import ir_measures
import pandas as pd
import pyterrier as pt
import pytest
from tiny_files import LANGUAGES, official_members, write_zip

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import mtop


def judged(collection, qid):
    qrels = collection.qrels
    return dict(qrels.loc[qrels["qid"] == qid, ["docno", "label"]].itertuples(index=False, name=None))


def test_documents_of_dev_and_test_queries_of_one(tiny_data):
    collection = mtop.collection("mtop/hi/test")
    assert collection.documents["docno"].tolist() == ["dev-1", "dev-2", "dev-3", "dev-4", "test-5", "test-6"]
    assert collection.documents["text"].tolist()[3] == "barge wants paint"
    assert collection.topics.to_dict("records")[0] == {"qid": "test-5", "query": "पिद्दी"}
    assert len(collection.topics) == 2


def test_graded_relevance(tiny_data):
    collection = mtop.collection("mtop/hi/dev")
    assert judged(collection, "dev-1") == {"dev-1": 3, "dev-2": 2, "dev-3": 1, "test-5": 2}
    assert judged(collection, "dev-3") == {"dev-1": 1, "dev-2": 1, "dev-3": 3, "test-5": 1}
    assert judged(collection, "dev-4") == {"dev-4": 3, "test-6": 1}
    assert collection.qrels["label"].dtype == "int64"
    assert not collection.qrels.duplicated(["qid", "docno"]).any()


def test_relevance_is_the_same_for_all_languages(tiny_data):
    expected = mtop.collection("mtop/en/dev").qrels
    assert mtop.collection("mtop/th-de/dev").qrels.equals(expected)


def test_own_split(tiny_data):
    collection = mtop.collection("mtop/hi/dev/split")
    assert collection.documents["docno"].str.startswith("dev-").all()
    assert judged(collection, "dev-4") == {"dev-4": 3}


def test_document_language(tiny_data):
    collection = mtop.collection("mtop/hi-th/test")
    assert (collection.query_lang, collection.document_lang) == ("hi", "th")
    assert collection.documents["text"].tolist()[-1] == "ของฉัน"


def test_train_stands_alone(empty_data):
    write_zip(empty_data / "mtop.zip", official_members())
    collection = mtop.collection("mtop/de/train")
    assert set(collection.documents["docno"]) == set(collection.topics["qid"])
    assert collection.documents["docno"].str.startswith("train-").all()


def test_without_translation(tiny_data):
    collection = mtop.collection("mtop/hi/dev/split")
    left = mtop.MtopCollection.qrels_variants["without-translation"](collection.qrels)
    assert set(left["label"]) == {1, 2}
    assert "dev-4" not in set(left["qid"])
    results = pd.DataFrame(
        {
            "qid": ["dev-1"] * 3,
            "docno": ["dev-1", "dev-3", "dev-2"],
            "score": [3.0, 1.0, 2.0],
            "rank": [0, 2, 1],
            "x": 7,
        }
    )
    kept = mtop.WithoutTranslation()(results).sort_values("rank")
    assert kept["docno"].tolist() == ["dev-2", "dev-3"]
    assert kept["rank"].tolist() == [0, 1]
    assert kept["x"].tolist() == [7, 7]
    assert mtop.WithoutTranslation()(results[["qid", "docno"]])["docno"].tolist() == ["dev-3", "dev-2"]


class TestWithoutTranslation(pt.testing.transformer_test_class(mtop.WithoutTranslation)):
    pass


def test_transformers_without_state_are_equal():
    assert mtop.WithoutTranslation() == mtop.WithoutTranslation()
    assert hash(mtop.WithoutTranslation()) == hash(mtop.WithoutTranslation())
    assert repr(mtop.WithoutTranslation()) == "WithoutTranslation()"


def test_measures_see_the_grades(tiny_data):
    qrels = mtop.collection("mtop/hi/dev").qrels
    run = pd.DataFrame({"query_id": "dev-1", "doc_id": ["dev-2", "dev-4", "dev-1"], "score": [3.0, 2.0, 1.0]})
    qrels = qrels.set_axis(["query_id", "doc_id", "relevance"], axis=1).query("query_id == 'dev-1'")
    values = {str(m): v for m, v in ir_measures.calc_aggregate(mtop.MEASURES, qrels, run).items()}
    assert values["RR(rel=3)"] == pytest.approx(1 / 3)
    assert values["P@1"] == 1
    assert values["AP"] == pytest.approx((1 + 2 / 3) / 4)
    assert 0 < values["nDCG@10"] < 1


def test_names_are_all_found():
    names = mtop.names()
    assert len(names) == len(set(names)) == len(LANGUAGES) ** 2 * 5
    assert [mtop.collection(name).name for name in names] == names


def test_english_documents_have_one_name():
    assert mtop.collection("mtop/hi-en/dev").name == "mtop/hi/dev"


@pytest.mark.parametrize(
    "name", ["mtop", "mtop/hi", "mtop/sw/test", "mtop/hi/eval", "mtop/hi-th-de/dev", "mtop/hi/train/split"]
)
def test_unknown_names_list_the_known(name):
    with pytest.raises(OpticalError, match="No data set") as caught:
        mtop.collection(name)
    assert repr(name) in str(caught.value)
    assert "en|de|es|fr|hi|th" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "documents", "queries"), [("dev", 2096, 859), ("test", 2096, 1237), ("dev/split", 859, 859)]
)
def test_counts_of_the_real_data(optical_data, name, documents, queries):
    collection = mtop.collection(f"mtop/hi/{name}")
    assert len(collection.documents) == documents
    assert len(collection.topics) == queries
    assert collection.documents["docno"].is_unique
    assert collection.documents["docno"].str.len().max() <= 20
    assert (collection.qrels["label"] == 3).sum() == queries
    assert collection.documents["text"].str.strip().ne("").all()
