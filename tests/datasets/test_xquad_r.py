import gzip
import json

import pytest
from tiny_files import xquad_r as tiny

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import xquad_r, xquad_r_files


def test_questions_of_one_language_and_paragraphs_of_another(tiny_data):
    collection = xquad_r.collection("xquad-r/de")
    assert collection.documents.to_dict("records") == [
        {"docno": "Zumari-0", "text": "The Zumari rises in a marsh."},
        {"docno": "Zumari-1", "text": "Otters live at its banks."},
        {"docno": "Kelpo-0", "text": "Kelpo is a kind of bread."},
    ]
    assert collection.topics.iloc[0].to_dict() == {
        "qid": "z1",
        "query": "Wo entspringt er?",
        "query_translated": "Where does the Zumari rise?",
    }
    assert list(collection.qrels.itertuples(index=False, name=None)) == [
        ("z1", "Zumari-0", 1),
        ("z2", "Zumari-1", 1),
        ("z3", "Zumari-1", 1),
        ("k1", "Kelpo-0", 1),
    ]


def test_names_of_documents_are_the_same_in_every_language(tiny_data):
    english, german = xquad_r.collection("xquad-r/de"), xquad_r.collection("xquad-r/en-de")
    assert german.documents["text"].iloc[2] == "Kelpo ist ein Brot."
    assert list(german.documents["docno"]) == list(english.documents["docno"])
    assert german.qrels.equals(english.qrels)


def test_english_questions_have_no_translation(tiny_data):
    english, german = xquad_r.collection("xquad-r/en-de"), xquad_r.collection("xquad-r/de-de")
    assert list(english.topics) == ["qid", "query"] and english.topics_variants == ()
    assert list(german.topics) == ["qid", "query", *german.topics_variants] == ["qid", "query", "query_translated"]


def test_names_are_all_found():
    names = xquad_r.names()
    assert len(names) == len(set(names)) == 121
    assert [xquad_r.collection(name).name for name in names] == names
    alias = xquad_r.collection("xquad-r/hi-en")
    assert (alias.name, alias.query_lang, alias.document_lang) == ("xquad-r/hi", "hi", "en")


@pytest.mark.parametrize("name", ["xquad-r", "xquad-r/", "xquad-r/fr", "xquad-r/hi/test", "xquad-r/hi-th-de"])
def test_unknown_names_list_the_known(name):
    with pytest.raises(OpticalError, match=r"en\|ar\|de\|el\|es\|hi\|ru\|th\|tr\|vi\|zh") as caught:
        xquad_r.collection(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("place", ["xquad_r/de.json", "xquad-r/de.json", "xquad-r/de.json.gz"])
def test_other_places_in_the_data_folder(tiny_data, place):
    expected = xquad_r.collection("xquad-r/de").topics
    content = (tiny_data / "xquad_r" / "de.json.gz").read_bytes()
    (tiny_data / "xquad_r" / "de.json.gz").unlink()
    (tiny_data / place).parent.mkdir(exist_ok=True)
    (tiny_data / place).write_bytes(content if place.endswith(".gz") else gzip.decompress(content))
    assert xquad_r.collection("xquad-r/de").topics.equals(expected)


def test_absent_file_is_fetched_and_counted(tiny_data, monkeypatch, tmp_path):
    expected = xquad_r.collection("xquad-r/de").topics
    published = tmp_path / "published.json"
    published.write_bytes(gzip.decompress((tiny_data / "xquad_r" / "de.json.gz").read_bytes()))
    (tiny_data / "xquad_r" / "de.json.gz").unlink()
    asked = []

    def fake_fetch(url, path, check):
        asked.append((url, path))
        check(published)
        return published

    monkeypatch.setattr(xquad_r_files, "fetch", fake_fetch)
    with pytest.raises(OpticalError, match=r"de\.json has 3 paragraphs and 4 questions instead of 240 and 1190"):
        _ = xquad_r.collection("xquad-r/de").topics
    monkeypatch.setattr(xquad_r_files, "PARAGRAPHS", 3)
    monkeypatch.setattr(xquad_r_files, "QUESTIONS", 4)
    assert xquad_r.collection("xquad-r/de").topics.equals(expected)
    assert asked[-1] == (f"{xquad_r_files.URL}/de.json", tmp_path / "home" / "optical" / "xquad_r" / "de.json")


def test_absent_without_a_network(tiny_data):
    with pytest.raises(OpticalError, match=r"Cannot download .*xquad-r/th\.json"):
        _ = xquad_r.collection("xquad-r/th").topics


@pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"<html>"), gzip.compress(b'{"data": [1]}')])
def test_other_files_are_refused(tiny_data, content):
    (tiny_data / "xquad_r" / "de.json.gz").write_bytes(content)
    with pytest.raises(OpticalError, match="not a file of XQuAD-R"):
        _ = xquad_r.collection("xquad-r/de").topics


def test_files_of_different_releases_are_refused(tiny_data):
    shorter = tiny(1)
    del shorter["data"][1]
    (tiny_data / "xquad_r" / "de.json.gz").write_bytes(gzip.compress(json.dumps(shorter).encode()))
    with pytest.raises(OpticalError, match="files of de and en have different questions"):
        _ = xquad_r.collection("xquad-r/de").qrels


@pytest.mark.parametrize("lang", xquad_r_files.LANGUAGES)
def test_counts_of_the_real_data(optical_data, lang):
    collection, english = xquad_r.collection(f"xquad-r/{lang}"), xquad_r.collection("xquad-r/en")
    assert (len(collection.documents), len(collection.topics)) == (240, 1190)
    assert collection.documents["docno"].is_unique and collection.topics["qid"].is_unique
    assert collection.qrels.equals(english.qrels) and len(collection.qrels) == 1190
    paragraphs = xquad_r.collection(f"xquad-r/en-{lang}").documents
    assert list(paragraphs["docno"]) == list(english.documents["docno"])
    if lang != "en":
        assert not paragraphs["text"].equals(english.documents["text"])
        assert (collection.topics["query_translated"] != "").all()
