import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import OpticalDatasetProvider, sample

ASKED_FOR = {"sw", "so", "tl", "mr", "hi", "th", "de"}


def test_languages():
    assert set(sample.languages()) >= ASKED_FOR
    assert sample.names() == [f"sample/{lang}" for lang in sample.languages()]


@pytest.mark.parametrize("name", sample.names())
def test_every_language_is_whole(name):
    collection = sample.collection(name)
    documents, topics, qrels = collection.documents, collection.topics, collection.qrels
    assert list(documents) == ["docno", "text", "title"]
    assert len(documents) == 150
    assert documents["docno"].is_unique and documents["text"].str.strip().ne("").all()
    assert len(topics) >= 20
    assert topics["qid"].is_unique and topics["query"].str.strip().ne("").all()
    assert set(qrels["docno"]) <= set(documents["docno"])
    assert qrels["label"].dtype == "int64"
    assert set(qrels["label"]) <= set(collection.label_meanings)
    assert set(qrels.loc[qrels["label"] == 2, "qid"]) == set(topics["qid"])


def test_words_like_na_and_quotes_stay(tmp_path):
    (tmp_path / "documents.tsv").write_text(
        'docno\ttitle\ttext\nd1\tNA\tShe said "kelpo\nd2\t\tnull\n', encoding="utf-8"
    )
    (tmp_path / "topics.xx.tsv").write_text("qid\tquery\nq1\tNaN\n", encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("qid\tdocno\tlabel\nq1\td1\t2\nq2\td2\t1\n", encoding="utf-8")
    collection = sample.SampleCollection("sample/xx", "xx", tmp_path)
    assert collection.documents.to_dict("records") == [
        {"docno": "d1", "text": 'She said "kelpo', "title": "NA"},
        {"docno": "d2", "text": "null", "title": ""},
    ]
    assert collection.topics["query"].tolist() == ["NaN"]
    assert collection.qrels.to_dict("records") == [{"qid": "q1", "docno": "d1", "label": 2}]
    assert collection.dropped == {}


def test_romanised_hindi_is_hindi():
    dataset = OpticalDatasetProvider().get_dataset("sample/hi-Latn")
    assert (dataset.get_topics_lang(), dataset.get_corpus_lang()) == ("hi", "en")


@pytest.mark.parametrize("name", ["sample", "sample/xx", "sample/sw/test"])
def test_unknown_names_list_the_known(name):
    with pytest.raises(OpticalError, match=r"sample/<language>, with the languages de, .*sw") as caught:
        sample.collection(name)
    assert repr(name) in str(caught.value)
