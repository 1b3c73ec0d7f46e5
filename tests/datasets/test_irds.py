import ir_datasets
import pytest

from pyterrier_optical.datasets import catalogue, register


@pytest.fixture
def registered(monkeypatch):
    """ir_datasets with our collections, and as it was afterwards."""
    monkeypatch.setattr(ir_datasets.registry, "_registered", dict(ir_datasets.registry._registered))
    for name in catalogue.own_names():
        ir_datasets.registry._registered.pop(name, None)
    register()


def test_all_are_registered_once(registered):
    before = {name: ir_datasets.load(name) for name in catalogue.own_names()}
    register()
    assert all(ir_datasets.load(name) is dataset for name, dataset in before.items())


def test_a_name_that_is_taken_is_left_alone(registered):
    other = ir_datasets.load("vaswani")
    ir_datasets.registry._registered["mtop/hi/test"] = other
    register()
    assert ir_datasets.load("mtop/hi/test") is other


def test_registering_touches_no_data(registered, empty_data):
    dataset = ir_datasets.load("mtop/hi/test")
    assert dataset.has_docs() and dataset.has_queries() and dataset.has_qrels()
    assert not dataset.has_scoreddocs()
    assert (dataset.queries_lang(), dataset.docs_lang()) == ("hi", "en")
    assert dataset.dataset_id() == "mtop/hi/test"


def test_docs(registered, tiny_data):
    dataset = ir_datasets.load("mtop/hi/test")
    docs = list(dataset.docs_iter())
    assert docs[0] == ("dev-1", "otters up at dusk")
    assert docs[0].default_text() == "otters up at dusk"
    assert dataset.docs_count() == len(docs) == len(dataset.docs) == 6
    assert list(dataset.docs_iter()[1:3]) == docs[1:3]
    assert dataset.docs_iter()[-1] == docs[-1]
    assert dataset.docs_namespace() == "mtop/hi/test"


def test_docs_store(registered, tiny_data):
    store = ir_datasets.load("mtop/hi/test").docs_store()
    assert store.get("test-6").text == "paint mine"
    assert set(store.get_many(["dev-1", "dev-2", "unknown"])) == {"dev-1", "dev-2"}
    with pytest.raises(KeyError):
        store.get("unknown")


def test_queries_and_qrels(registered, tiny_data):
    dataset = ir_datasets.load("mtop/hi/test")
    assert [tuple(query) for query in dataset.queries_iter()] == [("test-5", "पिद्दी"), ("test-6", "मेरा")]
    assert dataset.queries_count() == 2
    assert dataset.qrels_dict()["test-6"] == {"dev-4": 1, "test-6": 3}
    assert dataset.qrels_count() == sum(1 for _ in dataset.qrels_iter())
    assert set(dataset.qrels_defs()) == {1, 2, 3}
    assert dataset.queries_namespace() == "mtop/hi/test"


def test_titles_and_translations(registered, tiny_data):
    dataset = ir_datasets.load("afriqa/ha/dev")
    (query,) = dataset.queries_iter()
    assert query.text_translated == "Where is the Zumari?"
    assert query.default_text() == query.text == "Ina kogin Zumari?"
    texts = {doc.default_text() for doc in dataset.docs_iter()}
    assert "Kelpo Kelpo is a kind of bread." in texts


def test_documentation(registered):
    documentation = ir_datasets.load("mtop/hi/test").documentation()
    assert documentation["pretty_name"] == "MTOP"
    assert "CC-BY-SA-4.0" in documentation["desc"]
    assert ". Li et al., EACL 2021, https://aclanthology.org/2021.eacl-main.257. Licence" in documentation["desc"]
    assert "no benchmark. Licence: CC0-1.0" in ir_datasets.load("sample/sw").documentation()["desc"]
    assert documentation["official_measures"] == ["nDCG@10", "AP", "RR(rel=3)", "P@1"]


def test_both_faces_show_the_same(registered, optical_data):
    dataset = ir_datasets.load("mtop/th/dev")
    assert (dataset.docs_count(), dataset.queries_count()) == (2096, 859)
