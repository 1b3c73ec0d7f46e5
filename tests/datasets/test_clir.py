import shutil

import ir_datasets
import miniatures
import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical import OpticalError, OpticalReranker, bm25
from pyterrier_optical.datasets import OpticalDatasetProvider, catalogue, load
from pyterrier_optical.datasets.clir import presets
from pyterrier_optical.frames.texts import frame_texts
from pyterrier_optical.retrieve.bm25.corpus import Corpus

# name, what writes its miniature, language of the topics and of the documents.
MINIATURES = [
    ("hc4/fa/dev", miniatures.hc4, "en", "fa"),
    ("neuclir/1/fa/hc4-filtered", miniatures.neuclir, "en", "fa"),
    ("neuclir/1/fa/trec-2022", miniatures.neuclir, "en", "fa"),
    ("neuclir/1/fa/trec-2023", miniatures.neuclir, "en", "fa"),
    ("neuclir/1/multi/trec-2023", miniatures.neuclir, "en", None),
    ("csl/trec-2023", miniatures.csl, "en", "zh"),
    ("wikiclir/sw", miniatures.wikiclir, "en", "sw"),
    ("clirmatrix/en/bi139-base/sw/dev", miniatures.clirmatrix, "sw", "en"),
    ("mmarco/v2/hi/dev/small", miniatures.mmarco, "hi", "hi"),
    ("mmarco/v2/hi-de/dev/small", miniatures.mmarco, "hi", "de"),
    ("mmarco/v2/hi-en/dev/small", miniatures.mmarco, "hi", "en"),
    ("mmarco/v2/en-hi/dev/small", miniatures.mmarco, "en", "hi"),
    ("neumarco/fa/dev/small", miniatures.neumarco, "en", "fa"),
    ("mr-tydi/sw/dev", miniatures.mr_tydi, "sw", "sw"),
    ("miracl/yo/dev", miniatures.miracl, "yo", "yo"),
    ("trec-spanish/trec3", miniatures.trec_spanish, "en", "es"),
    ("trec-spanish/trec4", miniatures.trec_spanish, "en", "es"),
    ("trec-mandarin/trec5", miniatures.trec_mandarin, "en", "zh"),
    ("trec-arabic/ar2001", miniatures.trec_arabic, "ar", "ar"),
]


@pytest.fixture(params=MINIATURES, ids=[name for name, *_ in MINIATURES])
def miniature(request):
    name, write, *langs = request.param
    write()
    return load(name), langs


def test_languages(miniature):
    dataset, langs = miniature
    assert [dataset.get_topics_lang(), dataset.get_corpus_lang()] == langs


def test_topics_have_queries_and_judgments_have_documents(miniature):
    dataset, _ = miniature
    topics, qrels = dataset.get_topicsqrels()
    assert list(topics) == ["qid", "query"]
    assert list(qrels) == ["qid", "docno", "label"]
    assert set(topics["qid"]) & set(qrels["qid"])
    assert not topics["query"].str.contains("\n").any()
    docnos = [document["docno"] for document in dataset.get_corpus_iter(verbose=False)]
    assert set(qrels["docno"]) & set(docnos)
    assert [document["docno"] for document in dataset.get_corpus_iter(verbose=False, start=1, count=1)] == docnos[1:2]


def test_index_and_reranker_read_the_same_text(miniature):
    dataset, _ = miniature
    indexed = dict(Corpus(dataset))
    loaded = dataset.text_loader()(pd.DataFrame({"docno": list(reversed(indexed))}, index=range(5, 5 + len(indexed))))
    assert dict(zip(loaded["docno"], frame_texts(loaded), strict=True)) == indexed
    assert "Bees dance" in indexed["d2"]
    assert ("Bees\n" in indexed["d2"]) == ("title" in loaded)


def test_in_a_pipeline(miniature, tiny_model, tmp_path):
    dataset, _ = miniature
    first = bm25(dataset, engine="pisa", index_path=tmp_path / "index") >> dataset.text_loader()
    query = pd.DataFrame({"qid": ["7"], "query": ["bees dance"]})
    found = (first >> OpticalReranker(tiny_model, gloss=0))(query)
    assert found["docno"].tolist() == ["d2"]
    assert found["score"].notna().all()


def test_every_preset_has_the_fields_and_languages_of_its_topics():
    for name in presets.names():
        if name.startswith(("clirmatrix/", "ciral/", "africlirmatrix/", "afriqa/")):
            continue
        preset = presets.find(name)
        queries = ir_datasets.load(preset.topics_id)
        fields = {field: kind for field, kind in queries.queries_cls().__annotations__.items() if kind is str}
        assert {preset.topics_of.get(field, field) for field in preset.topic_fields} <= set(fields), name
        assert set(preset.documents.values()) <= set(ir_datasets.load(preset.docs_id).docs_cls()._fields), name
        assert ir_datasets.load(preset.qrels_id).has_qrels(), name
        known = ir_datasets.load(preset.docs_id).docs_lang()
        assert preset.document_lang in (known, "nl"), name
        if len(preset.topic_fields) == 1 and queries.queries_lang():
            assert preset.query_lang in (queries.queries_lang(), "nl"), name


def test_every_data_set_of_ir_datasets_with_judgments_is_there():
    ours = {
        "hc4",
        "neuclir",
        "csl",
        "wikiclir",
        "neumarco",
        "mr-tydi",
        "miracl",
        "trec-spanish",
        "trec-mandarin",
        "trec-arabic",
    }
    judged = {
        name for name in ir_datasets.registry if name.split("/")[0] in ours and ir_datasets.load(name).has_qrels()
    }
    whole = {f"mr-tydi/{lang}" for lang in presets.LANGUAGES["mr-tydi"]}  # its three splits in one
    assert judged - whole <= set(presets.names())


def test_names():
    names = catalogue.names()
    assert len(names) == len(set(names))
    assert set(OpticalDatasetProvider().list_dataset_names()) == set(names)
    for lang in ("sw", "tl", "mr", "hi", "th", "yo", "am"):
        assert f"clirmatrix/en/bi139-base/{lang}/test1" in names
    assert catalogue.preset("clirmatrix/fi/bi139-full/so/train").query_lang == "so"
    assert catalogue.preset("mmarco/v2/dt-en/dev/small").query_lang == "nl"
    assert "mmarco/v2/en/dev" not in names


@pytest.mark.parametrize(
    ("name", "topics", "lang", "query"),
    [
        ("hc4/fa/dev", "ht_title", "fa", "fas h sleeping otters"),
        ("hc4/fa/dev", "title+description", "en", "sleeping otters How do otters sleep?"),
        ("hc4/fa/dev", "title+mt_title", None, "sleeping otters fas G sleeping otters"),
        ("hc4/fa/dev", "report", "en", "A report."),
        ("neuclir/1/multi/trec-2023", "zh_mt_title", "zh", "zho G sleeping otters"),
        ("trec-mandarin/trec5", "title_zh", "zh", "水獭"),
        ("trec-spanish/trec3", "title_es", "es", "sleeping otters en español"),
        ("trec-spanish/trec4", "description_en1", "en", "otters"),
        ("trec-arabic/ar2001", "title+narrative", "ar", "نوم 7 ماء"),
        ("wikiclir/sw", "first_sent", "en", "How do otters sleep?"),
    ],
)
def test_topic_fields(name, topics, lang, query):
    {name: write for name, write, *_ in MINIATURES}[name]()
    dataset = load(name, topics)
    assert dataset.get_topics_lang() == lang
    assert dataset.get_topics()["query"].iloc[0] == query
    assert load(name).get_topics(topics).equals(dataset.get_topics())


def test_unknown_topic_field():
    with pytest.raises(OpticalError, match=r"hc4/fa/dev has no topics variant 'narrative': it has title, descr"):
        load("hc4/fa/dev", topics="title+narrative")


def test_topics_without_a_query_are_left_out():
    miniatures.trec_spanish()
    assert load("trec-spanish/trec4").get_topics()["qid"].tolist() == ["7"]
    assert load("trec-spanish/trec4", "description_es1").get_topics()["qid"].tolist() == ["7", "8"]


def test_neuclir_2023_has_its_topics():
    miniatures.neuclir()
    assert list(ir_datasets.load("neuclir/1/fa/trec-2023").queries_iter()) == []
    dataset = load("neuclir/1/fa/trec-2023", topics="mt_title")
    assert dataset.get_topics().to_dict("records") == [{"qid": "208", "query": "fas G dancing bees"}]
    assert dataset.get_topics_lang() == "fa"
    assert dataset.get_qrels()["qid"].tolist() == ["208"]


def test_cross_pairs_take_each_side_from_its_language():
    miniatures.mmarco()
    dataset = load("mmarco/v2/hi-de/dev/small")
    assert dataset.get_topics()["query"].tolist() == ["hindi sleeping otters"]
    assert next(iter(dataset.get_corpus_iter(verbose=False)))["text"].startswith("german")
    english = load("mmarco/v2/hi-en/dev/small")
    assert english.get_topics().equals(dataset.get_topics())
    assert next(iter(english.get_corpus_iter(verbose=False)))["text"].startswith("Otters")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("hc4/ru/dev", "python download_documents.py --storage ~/.ir_datasets/hc4 --rus resources/hc4/rus/ids"),
        ("miracl/th/dev", "ir_datasets export miracl/th/dev docs"),
        ("mmarco/v2/hi-ar/dev/small", "ir_datasets export mmarco/v2/ar docs"),
        ("trec-arabic/ar2002", "ln -s /path/to/LDC2001T55 ~/.ir_datasets/trec-arabic/corpus.tgz"),
        ("ciral/yo/dev", "git clone https://huggingface.co/datasets/CIRAL/ciral-corpus"),
        ("africlirmatrix/zu", "git clone https://github.com/castorini/africlirmatrix"),
        ("afriqa/ha/dev/open", "generate_process_dumps.sh"),
        ("belebele/hau_Latn", "Belebele.zip"),
    ],
)
def test_missing_files_name_the_command(empty_data, monkeypatch, name, command):
    monkeypatch.setenv("IR_DATASETS_DL_TRIES", "1")
    shutil.rmtree(miniatures.HOME / name.split("/")[0], ignore_errors=True)
    with pytest.raises(OpticalError) as caught:
        list(load(name).get_corpus_iter(verbose=False))
    assert command in str(caught.value)
    assert name in str(caught.value) or "Belebele" in str(caught.value)
    with pytest.raises(OpticalError):
        load(name).text_loader()(pd.DataFrame({"docno": ["d1"]}))


def test_a_full_disk_is_one_sentence(monkeypatch):
    miniatures.mmarco()
    shutil.rmtree(miniatures.HOME / "msmarco-passage/collection.tsv.pklz4", ignore_errors=True)
    monkeypatch.setenv("IR_DATASETS_SKIP_DISK_FREE", "false")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: (10, 9, 1))
    with pytest.raises(
        OpticalError, match=r"Insufficient disk space.*: free some, or set IR_DATASETS_HOME to a folder"
    ):
        load("mmarco/v2/hi-en/dev/small").text_loader()(pd.DataFrame({"docno": ["d1"]}))


def test_topics_of_another_form_are_one_sentence():
    miniatures.hc4()
    miniatures.write_lines(miniatures.HOME / "hc4/dev.topics.v1-0.jsonl", [{"languages_with_qrels": ["fas"]}])
    with pytest.raises(OpticalError, match=r"The files of hc4/fa/dev cannot be read \(KeyError"):
        load("hc4/fa/dev").get_topics()


def test_damaged_files_are_one_sentence(empty_data):
    path = miniatures.write(miniatures.HOME / "hc4/zho/hc4_docs.jsonl", '{"id": "d1"')
    with pytest.raises(OpticalError, match=r"The files of hc4/zh/dev cannot be read \(JSONDecodeError"):
        list(load("hc4/zh/dev").get_corpus_iter(verbose=False))
    path.unlink()


@pytest.mark.parametrize(
    "name", ["hc4/en/dev", "clirmatrix/xx/bi139-base/sw/dev", "mmarco/v2/hi-hi/dev", "miracl/sw/test-a"]
)
def test_unknown_names_are_answered_with_those_like_them(name):
    miniatures.clirmatrix()
    with pytest.raises(OpticalError, match=f"No data set '{name}': there are {name.split('/')[0]}/"):
        load(name).get_topics()


def test_making_and_inspecting_one_reads_no_data(empty_data):
    for name in ("hc4/zh/test", "clirmatrix/ga/bi139-base/gd/dev", "ciral/so/dev"):
        dataset = pt.get_dataset(f"optical:{name}")
        columns = [*dataset.preset.documents]
        assert pt.inspect.transformer_outputs(dataset.text_loader(), ["qid", "docno"]) == ["qid", "docno", *columns]
        assert dataset.info_url().startswith("https://")
        assert dataset._describe_component("corpus") is True


def test_unknown_document():
    miniatures.hc4()
    with pytest.raises(OpticalError, match="hc4/fa/dev has no document 'd9'"):
        load("hc4/fa/dev").text_loader()(pd.DataFrame({"docno": ["d1", "d9"]}))


def test_large_collections_have_no_tables_in_memory():
    with pytest.raises(OpticalError, match="hc4/fa/dev is read from disk"):
        _ = load("hc4/fa/dev").collection


def test_repr_tells_the_topics():
    assert repr(load("hc4/fa/dev", "ht_title")) == "OpticalDataset('hc4/fa/dev', topics='ht_title')"
    one, other = load("hc4/fa/dev").text_loader(), load("hc4/fa/dev", "ht_title").text_loader()
    assert one == other and hash(one) == hash(other)
    assert one != load("hc4/fa/test").text_loader()
