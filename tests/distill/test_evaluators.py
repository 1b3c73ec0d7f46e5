import ir_measures
import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.datasets.mtop import WithoutTranslation
from pyterrier_optical.distill.evaluators import BitextRetrieval, DatasetRanking
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.rerank.optical import OpticalReranker
from pyterrier_optical.retrieve.exhaustive import exhaustive_run


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_encoder(tiny.encoder(tmp_path_factory.mktemp("model")), device="cpu")


def test_a_language_that_is_english_itself_is_found_every_time(model):
    english = ["the cat sleeps", "a long river", "bread near water", "small dog runs"]
    scores = BitextRetrieval({"same": [(e, e) for e in english], "none": []}, model)(model)
    assert scores == {"bitext_same": 1.0, "bitext_mean": 1.0}


def test_a_repeated_english_sentence_counts_for_either_of_its_pairs(model):
    pairs = [("the cat sleeps", "the cat sleeps"), ("the cat sleeps", "the cat sleeps")]
    assert BitextRetrieval({"xx": pairs}, model)(model)["bitext_mean"] == 1.0


def test_ranking_of_a_small_data_set_is_what_pyterrier_measures(model):
    name = "optical:sample/sw"
    dataset = pt.get_dataset(name)
    frame = dataset.get_topics().merge(pd.DataFrame(dataset.get_corpus_iter(verbose=False)), how="cross")
    ranked = OpticalReranker(model, text_field="text")(frame)
    expected = pt.Evaluate(ranked, dataset.get_qrels(), [ir_measures.nDCG @ 10])["nDCG@10"]
    scores = DatasetRanking([name])(model)
    assert scores["sample/sw"] == pytest.approx(expected, abs=1e-4)
    assert scores["ranking_mean"] == scores["sample/sw"]


def test_on_mtop_the_own_translation_is_left_out(model, tiny_data):
    name = "optical:mtop/hi/dev/split"
    dataset = pt.get_dataset(name)
    assert (dataset.get_qrels()["label"] == 3).any()
    documents = pd.DataFrame(dataset.get_corpus_iter(verbose=False))
    run = WithoutTranslation()(exhaustive_run(dataset.get_topics(), documents, TokenEncoder(model)))
    expected = pt.Evaluate(run, dataset.get_qrels("without-translation"), [ir_measures.AP])["AP"]
    assert DatasetRanking([name])(model)["ranking_mean"] == pytest.approx(expected, abs=1e-6)
