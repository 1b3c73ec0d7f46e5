import gzip

import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import afriqa, afriqa_files


def test_passages_are_pooled_and_distinct(tiny_data):
    documents = afriqa.collection("afriqa/ha/dev").documents
    assert list(documents) == ["docno", "text", "title"]
    assert documents["docno"].is_unique
    assert sorted(documents["text"]) == sorted(
        [
            "Ostra is an island.",
            "The Zumari rises in a marsh.",
            "The Zumari rises in a marsh. ",
            "Kelpo is a kind of bread.",
        ]
    )
    assert documents.equals(afriqa.collection("afriqa/rw/dev").documents)


def test_a_copy_with_a_title_gives_its_title(tiny_data):
    documents = afriqa.collection("afriqa/ha/dev").documents.set_index("text")
    assert documents.loc["Kelpo is a kind of bread.", "title"] == "Kelpo"


def test_topics_with_their_translation(tiny_data):
    topics = afriqa.collection("afriqa/ha/dev").topics
    assert topics.to_dict("records") == [
        {"qid": "hau-dev-0", "query": "Ina kogin Zumari?", "query_translated": "Where is the Zumari?"}
    ]


def test_dropped_questions_are_counted(tiny_data):
    assert afriqa.collection("afriqa/ha/dev").dropped == {"no question": 1, "no passage": 1}
    assert afriqa.collection("afriqa/ig/dev").dropped == {"no question": 0, "no passage": 0}


def test_relevance_ignores_white_space(tiny_data):
    collection = afriqa.collection("afriqa/ha/dev")
    relevant = collection.documents.set_index("docno").loc[collection.qrels["docno"], "text"]
    assert sorted(relevant) == ["The Zumari rises in a marsh.", "The Zumari rises in a marsh. "]
    assert set(collection.qrels["label"]) == {1}
    assert set(collection.qrels["qid"]) == {"hau-dev-0"}


def test_aliases_and_languages():
    long, short = afriqa.collection("afriqa/kin/dev"), afriqa.collection("afriqa/rw/dev")
    assert long.name == short.name == "afriqa/rw/dev"
    assert (short.query_lang, short.document_lang) == ("rw", "en")


def test_names_are_all_found():
    names = afriqa.names()
    assert len(names) == len(set(names)) == 21
    assert [afriqa.collection(name).name for name in names] == names


@pytest.mark.parametrize("name", ["afriqa", "afriqa/fon/dev", "afriqa/yo/dev", "afriqa/ha/eval", "afriqa/ha/dev/split"])
def test_unknown_names_list_the_known(name):
    with pytest.raises(OpticalError, match="dev: bem ha ig rw tw zu") as caught:
        afriqa.collection(name)
    assert repr(name) in str(caught.value)


def test_files_that_are_not_zipped(tiny_data):
    expected = afriqa.collection("afriqa/ha/dev").documents
    for path in list((tiny_data / "afriqa").iterdir()):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert afriqa.collection("afriqa/ha/dev").documents.equals(expected)


def test_absent_file_is_fetched(tiny_data, monkeypatch, tmp_path):
    expected = afriqa.collection("afriqa/ha/dev").documents
    name = "gold_span_passages.afriqa.ibo.en.dev.json"
    fetched = tmp_path / name
    fetched.write_bytes(gzip.decompress((tiny_data / "afriqa" / f"{name}.gz").read_bytes()))
    (tiny_data / "afriqa" / f"{name}.gz").unlink()
    asked = []

    def fake_fetch(url, path, check):
        asked.append((url, path))
        check(fetched)
        return fetched

    monkeypatch.setattr(afriqa_files, "fetch", fake_fetch)
    assert afriqa.collection("afriqa/ha/dev").documents.equals(expected)
    assert asked == [(f"{afriqa_files.URL}/ibo/{name}", tmp_path / "home" / "optical" / "afriqa" / name)]


def test_absent_without_a_network(tiny_data):
    with pytest.raises(OpticalError, match="Cannot download"):
        _ = afriqa.collection("afriqa/ha/test").documents


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"<html>"), gzip.compress(b'{"id": "0"}'), gzip.compress(b"[1]")]
)
def test_other_files_are_refused(tiny_data, content):
    (tiny_data / "afriqa" / "gold_span_passages.afriqa.ibo.en.dev.json.gz").write_bytes(content)
    with pytest.raises(OpticalError, match="not a file of AfriQA"):
        _ = afriqa.collection("afriqa/ha/dev").documents


@pytest.mark.parametrize(
    ("name", "documents", "queries", "dropped"),
    [
        ("ha/dev", 1509, 222, 3),
        ("ig/dev", 1509, 307, 0),
        ("zu/dev", 1509, 242, 2),
        ("rw/dev", 1509, 230, 30),
        ("yo/train", 1729, 247, 1),
    ],
)
def test_counts_of_the_real_data(optical_data, name, documents, queries, dropped):
    collection = afriqa.collection(f"afriqa/{name}")
    assert len(collection.documents) == documents
    assert len(collection.topics) == queries
    assert sum(collection.dropped.values()) == dropped
    assert collection.documents["docno"].is_unique
    assert set(collection.qrels["qid"]) == set(collection.topics["qid"])
    assert set(collection.qrels["docno"]) <= set(collection.documents["docno"])
