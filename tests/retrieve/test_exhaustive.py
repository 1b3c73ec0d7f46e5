import pandas as pd
import pytest
import tiny

from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.rerank.optical import OpticalReranker
from pyterrier_optical.retrieve.exhaustive import exhaustive_run

TOPICS = pd.DataFrame({"qid": ["q1", "q2"], "query": ["small cat", "long river near water"]})
DOCUMENTS = pd.DataFrame({"docno": ["d1", "d2", "d3"], "text": ["the cat sleeps", "water", "bread near a mountain"]})


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load_encoder(tiny.encoder(tmp_path_factory.mktemp("model")), device="cpu")


def test_agrees_with_reranking_all_pairs(model):
    run = exhaustive_run(TOPICS, DOCUMENTS, TokenEncoder(model))
    reranked = OpticalReranker(model)(TOPICS.merge(DOCUMENTS, how="cross"))
    merged = run.merge(reranked, on=["qid", "docno"], suffixes=("", "_reranked"))
    assert len(merged) == 6
    assert merged["score"].to_numpy() == pytest.approx(merged["score_reranked"].to_numpy(), abs=1e-4)
    assert (merged["rank"] == merged["rank_reranked"]).all()


def test_documents_may_have_an_encoder_of_their_own(model, tmp_path):
    other = load_encoder(tiny.encoder(tmp_path, seed=5), device="cpu")
    same = exhaustive_run(TOPICS, DOCUMENTS, TokenEncoder(model))
    mixed = exhaustive_run(TOPICS, DOCUMENTS, TokenEncoder(model), TokenEncoder(other))
    assert abs(same["score"].sum() - mixed["score"].sum()) > 1e-3
