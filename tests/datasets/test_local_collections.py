"""CIRAL, AfriCLIRMatrix, Belebele and AfriQA over Wikipedia, from files laid out as their publishers do."""

import gzip
import json

import ir_datasets
import miniatures
import pandas as pd
import pytest
from tiny_files import AFRIQA

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import belebele, catalogue, load, register
from pyterrier_optical.datasets.belebele_files import LANGUAGES
from pyterrier_optical.datasets.clir.afriqa_open import plain_words
from pyterrier_optical.datasets.clir.local_irds import LocalFile
from pyterrier_optical.frames.texts import frame_texts
from pyterrier_optical.retrieve.bm25.corpus import Corpus


@pytest.fixture(autouse=True)
def data(empty_data):
    miniatures.write_ciral(empty_data)
    miniatures.write_africlirmatrix(empty_data)
    miniatures.write_belebele(empty_data)
    return empty_data


@pytest.mark.parametrize(
    ("name", "langs"),
    [
        ("ciral/ha/test-b", ("en", "ha")),
        ("africlirmatrix/am", ("en", "am")),
        ("belebele/hin_Deva", ("hi", "en")),
        ("belebele/hin_Deva-swh_Latn", ("hi", "sw")),
    ],
)
def test_one_form(name, langs):
    dataset = load(name)
    assert (dataset.get_topics_lang(), dataset.get_corpus_lang()) == langs
    topics, qrels = dataset.get_topicsqrels()
    documents = dict(Corpus(dataset))
    assert set(qrels["qid"]) <= set(topics["qid"])
    assert set(qrels["docno"]) <= set(documents)
    loaded = dataset.text_loader()(qrels)
    assert frame_texts(loaded).tolist() == [documents[docno] for docno in qrels["docno"]]


def test_ciral_has_four_sets_of_judgments():
    pools, shallow = load("ciral/ha/test-a-pools"), load("ciral/ha/test-a")
    assert pools.get_topics().equals(shallow.get_topics())
    assert (len(pools.get_qrels()), len(shallow.get_qrels())) == (2, 1)
    with pytest.raises(
        OpticalError, match=r"ciral/ha/dev cannot be read .*topics.ciral-v1.0-ha-dev.tsv in .*: run `cd"
    ):
        load("ciral/ha/dev").get_topics()


def test_a_corpus_may_be_compressed(data):
    (path,) = data.glob("africlirmatrix-corpus/*/corpus.jsonl")
    expected = list(load("africlirmatrix/am").get_corpus_iter(verbose=False))
    path.with_name("corpus.jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert list(load("africlirmatrix/am").get_corpus_iter(verbose=False)) == expected


def test_another_corpus_by_the_same_name_has_a_store_of_its_own(data):
    (path,) = data.glob("africlirmatrix-corpus/*/corpus.jsonl")
    file = LocalFile(path.relative_to(data).as_posix())
    before = file.path(force=False)
    assert before == file.path(force=False) and not before.is_relative_to(data)
    path.write_bytes(path.read_bytes() * 2)
    assert file.path(force=False) != before


def test_the_data_folder_is_only_read(data):
    before = sorted(data.rglob("*"))
    load("ciral/ha/test-b").text_loader()(pd.DataFrame({"docno": ["d1"]}))
    assert sorted(data.rglob("*")) == before


def test_ir_datasets_has_them_after_register():
    register()
    assert ir_datasets.load("ciral/ha/test-b").docs_lang() == "ha"
    assert ir_datasets.load("africlirmatrix/am").queries_lang() == "en"
    assert ir_datasets.load("belebele/hin_Latn").has_qrels()


class TestBelebele:
    def test_names_are_the_same_in_all_languages(self):
        hindi, swahili = load("belebele/hin_Deva"), load("belebele/swh_Latn")
        assert hindi.get_qrels().equals(swahili.get_qrels())
        assert hindi.get_topics()["query"].tolist()[0] == "hin_Deva Who sleeps?"
        assert hindi.get_topics()["query_translated"].tolist()[0] == "eng_Latn Who sleeps?"
        assert list(load("belebele/eng_Latn").get_topics()) == ["qid", "query"]

    def test_passages_that_share_an_address_stay_apart(self):
        dataset = load("belebele/eng_Latn-hin_Deva")
        link = "https://en.wikinews.org/wiki/Zoo"
        assert dict(Corpus(dataset)) == {link: "hin_Deva Otters sleep.", f"{link}#2": "hin_Deva Bees dance."}
        assert dataset.get_qrels()["docno"].tolist() == [link, link, f"{link}#2"]
        assert dataset.get_topics()["qid"].is_unique

    def test_layout_of_its_hub(self, data):
        expected = load("belebele/hin_Deva").collection.documents
        (data / "Belebele").rename(data / "gone")
        miniatures.write_belebele(data, "belebele/data")
        assert belebele.collection("belebele/hin_Deva").documents.equals(expected)

    def test_releases_that_differ(self, data):
        path = data / "Belebele/hin_Deva.jsonl"
        entry = json.loads(path.read_text("utf-8").splitlines()[0])
        miniatures.write_lines(path, [entry | {"link": "https://example.org/other"}])
        with pytest.raises(OpticalError, match="hin_Deva and eng_Latn have different passages"):
            load("belebele/hin_Deva").get_qrels()

    def test_damaged_file(self, data):
        (data / "Belebele/hin_Deva.jsonl").write_text('{"link": "x"}\n', encoding="utf-8")
        with pytest.raises(OpticalError, match=r"hin_Deva.jsonl is not a file of Belebele \(KeyError"):
            load("belebele/hin_Deva").get_topics()

    def test_names(self):
        assert len(LANGUAGES) == 122
        assert [belebele.collection(name).name for name in belebele.names()] == belebele.names()
        assert belebele.collection("belebele/hin_Latn-eng_Latn").name == "belebele/hin_Latn"
        with pytest.raises(OpticalError, match="No data set 'belebele/hi': the names are belebele/<query language>"):
            load("belebele/hi")


class TestAfriqaOverWikipedia:
    PASSAGES = (
        "id\ttext\ttitle\n"
        "1\tZumari The Zumari rises in Ostra’s Marsh.\tZumari\n"
        "2\tZumari Otters swim in it.\tZumari\n"
        "3\tOstra Its marsh is large.\tOstra\n"
    )

    @pytest.fixture(autouse=True)
    def wikipedia(self, data):
        miniatures.write(data / "afriqa/enwiki-20220501.tsv", self.PASSAGES)
        answers = {"0": "marsh", "1": "yes"}
        keys = ("id", "question_lang", "question_translated", "context", "title")
        for name, rows in AFRIQA.items():
            entries = [dict(zip(keys, row, strict=True)) for row in rows]
            for entry in entries:
                entry["answer_pivot"] = {"answer_start": [0], "text": [answers.get(entry["id"], "")]}
            miniatures.write_lines(data / f"afriqa/gold_span_passages.afriqa.{name}.json.gz", entries)

    def test_the_article_s_passages_with_the_answer_are_relevant(self):
        dataset = load("afriqa/ha/dev/open")
        assert dataset.get_qrels().to_dict("records") == [{"qid": "hau-dev-0", "docno": "1", "label": 1}]
        assert dataset.get_topics().to_dict("records") == [
            {"qid": "hau-dev-0", "query": "Ina kogin Zumari?", "query_translated": "Where is the Zumari?"}
        ]
        assert (dataset.get_topics_lang(), dataset.get_corpus_lang()) == ("ha", "en")

    def test_passages(self):
        dataset = load("afriqa/ha/dev/open")
        assert next(iter(dataset.get_corpus_iter(verbose=False))) == {
            "docno": "1",
            "title": "Zumari",
            "text": "Zumari The Zumari rises in Ostra’s Marsh.",
        }
        assert dataset.text_loader("title")(pd.DataFrame({"docno": ["3", "1"]}))["title"].tolist() == [
            "Ostra",
            "Zumari",
        ]

    def test_names_follow_those_of_the_gold_passages(self):
        opened = [name for name in catalogue.names() if name.endswith("/open")]
        assert [name.removesuffix("/open") for name in opened] == catalogue.FAMILIES["afriqa"].names()


@pytest.mark.parametrize(
    ("answer", "text", "found"),
    [
        ("Marsh", "in the marsh.", True),
        ("15", "1554", False),
        ("São Paulo", "SAO, Paulo", True),
        ("of two", "two of", False),
    ],
)
def test_answers_match_as_words(answer, text, found):
    assert (plain_words(answer) in plain_words(text)) is found
