import importlib.metadata

import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import OpticalDatasetProvider, afriqa_files, catalogue, mtop, mtop_files


@pytest.fixture
def provider(monkeypatch):
    provider = OpticalDatasetProvider()
    monkeypatch.setitem(pt.datasets._core._loaded_providers, "optical", provider)
    return provider


def test_get_dataset(provider, tiny_data):
    dataset = pt.get_dataset("optical:mtop/hi-th/test")
    assert (dataset.get_topics_lang(), dataset.get_corpus_lang()) == ("hi", "th")
    assert list(dataset.get_topics()) == ["qid", "query"]
    assert list(dataset.get_qrels()) == ["qid", "docno", "label"]
    topics, qrels = dataset.get_topicsqrels()
    assert set(qrels["qid"]) <= set(topics["qid"])
    assert repr(dataset) == "OpticalDataset('mtop/hi-th/test')"
    assert dataset.info_url().startswith("https://")


def test_corpus_iter(provider, tiny_data):
    dataset = pt.get_dataset("optical:mtop/hi/test")
    documents = dataset.get_corpus_iter(verbose=False)
    assert len(documents) == 6
    assert next(iter(documents)) == {"docno": "dev-1", "text": "otters up at dusk"}
    assert [d["docno"] for d in dataset.get_corpus_iter(start=1, count=2)] == ["dev-2", "dev-3"]
    assert [d["docno"] for d in dataset.get_corpus_iter(start=5)] == ["test-6"]


def test_what_is_handed_out_is_the_users_own(provider, tiny_data):
    dataset = pt.get_dataset("optical:mtop/hi/test")
    topics, qrels = dataset.get_topicsqrels()
    topics["query"] = "spoilt"
    qrels["label"] = 0
    assert "spoilt" not in set(dataset.get_topics()["query"])
    assert dataset.get_qrels()["label"].min() == 1


def test_variants(provider, tiny_data):
    dataset = pt.get_dataset("optical:afriqa/ha/dev")
    translated = dataset.get_topics("query_translated")
    assert translated.to_dict("records") == [{"qid": "hau-dev-0", "query": "Where is the Zumari?"}]
    assert list(dataset.get_topics("query")) == ["qid", "query"]
    with pytest.raises(OpticalError, match="no topics variant 'x': it has query, query_translated"):
        dataset.get_topics("x")
    with pytest.raises(OpticalError, match="no qrels variant 'x': it has none"):
        dataset.get_qrels("x")
    left = pt.get_dataset("optical:mtop/hi/dev").get_qrels("without-translation")
    assert left["label"].max() == 2
    assert left.index.tolist() == list(range(len(left)))


def test_languages_without_a_two_letter_code(provider):
    assert pt.get_dataset("optical:afriqa/bem/dev").get_topics_lang() is None
    assert pt.get_dataset("optical:afriqa/ha/dev").get_topics_lang() == "ha"


def test_listing_touches_no_data(provider, empty_data, monkeypatch):
    def touched(split):
        raise AssertionError(split)

    monkeypatch.setattr(mtop_files, "read_split", touched)
    monkeypatch.setattr(afriqa_files, "read_split", touched)
    monkeypatch.setattr(pt.datasets._core, "_load_all_providers", lambda: None)
    for other in set(pt.datasets._core._loaded_providers) - {"optical"}:
        monkeypatch.delitem(pt.datasets._core._loaded_providers, other)
    listed = pt.datasets.list_datasets(en_only=False).set_index("dataset")
    assert set(listed.index) >= {"optical:mtop/hi/test", "optical:mtop/th-de/dev/split", "optical:afriqa/rw/dev"}
    assert listed.loc["optical:mtop/hi/test", ["topics", "topics_lang", "qrels", "corpus_lang"]].tolist() == [
        True,
        "hi",
        True,
        "en",
    ]
    assert "optical:mtop/en/dev" in set(pt.datasets.list_datasets()["dataset"])


@pytest.mark.parametrize("name", ["nothing", "", "mtops/hi/test"])
def test_unknown_family_lists_all_forms(provider, name):
    with pytest.raises(OpticalError) as caught:
        pt.get_dataset(f"optical:{name}")
    assert all(family.NAMES in str(caught.value) for family in catalogue.FAMILIES.values())


def test_in_an_experiment(provider, tiny_data):
    dataset = pt.get_dataset("optical:mtop/hi/dev")
    topics = dataset.get_topics()
    everything = topics[["qid", "query"]].merge(
        pd.DataFrame({"docno": dataset.collection.documents["docno"]}), how="cross"
    )
    everything["score"] = [
        float(qid == docno) for qid, docno in zip(everything["qid"], everything["docno"], strict=True)
    ]
    oracle = pt.Transformer.from_df(pt.model.add_ranks(everything)) >> dataset.text_loader()
    table = pt.Experiment(
        [oracle, oracle >> mtop.WithoutTranslation()],
        topics,
        dataset.get_qrels(),
        mtop.MEASURES,
        names=["all", "others"],
    ).set_index("name")
    assert table.loc["all", "RR(rel=3)"] == 1
    assert table.loc["others", "RR(rel=3)"] == 0


def test_entry_point():
    points = {
        point.name: point.value
        for point in importlib.metadata.entry_points(group="pyterrier.dataset_provider")
        if point.value.startswith("pyterrier_optical")
    }
    if not points:
        pytest.skip("the package is not installed, so PyTerrier cannot find its entry point")
    assert points == {"optical": "pyterrier_optical.datasets:OpticalDatasetProvider"}
