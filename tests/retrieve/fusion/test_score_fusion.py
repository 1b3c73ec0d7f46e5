"""Score fusion: the formula, weights, and what it shares with reciprocal-rank fusion."""

import copy
import math

import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical import OpticalError, ScoreFusion
from pyterrier_optical.retrieve.fusion.score import score_fusion

TOPICS = pd.DataFrame({"qid": ["q2", "q1"], "query": ["bahari", "mlima"], "lang": ["sw", "sw"]})


def run(scores: dict[str, dict[str, float]]) -> pd.DataFrame:
    """A result frame with the score of each query's documents."""
    rows = [(qid, docno, score) for qid, docs in scores.items() for docno, score in docs.items()]
    return pd.DataFrame(rows, columns=["qid", "docno", "score"])


def scores(frame: pd.DataFrame, qid: str = "q1") -> dict[str, float]:
    return frame[frame["qid"] == qid].set_index("docno")["score"].to_dict()


BM25 = run({"q1": {"a": 30.0, "b": 20.0, "c": 10.0}})
DENSE = run({"q1": {"b": 0.9, "a": 0.8, "d": 0.5}, "q2": {"x": 0.2}})


def test_scores_are_weighted_sums_of_min_max_scores():
    out = score_fusion(BM25, DENSE, weights=(0.25, 0.75))
    assert scores(out) == pytest.approx({"b": 0.25 * 0.5 + 0.75, "a": 0.25 + 0.75 * 0.75, "c": 0.0, "d": 0.0})
    first = out[out["qid"] == "q1"]
    assert first["docno"].tolist() == ["b", "a", "c", "d"]
    assert first["rank"].tolist() == [0, 1, 2, 3]


def test_weights_are_equal_by_default_and_only_their_ratio_ranks():
    assert scores(score_fusion(BM25, DENSE)) == scores(score_fusion(BM25, DENSE, weights=(0.5, 0.5)))
    small, large = (score_fusion(BM25, DENSE, weights=weights)["docno"].tolist() for weights in [(0.3, 0.7), (3, 7)])
    assert small == large


def test_a_weight_of_0_leaves_the_other_ranking():
    out = score_fusion(BM25, DENSE, weights=(0, 1))
    assert out[out["qid"] == "q1"]["docno"].tolist()[:2] == ["b", "a"]


def test_scores_may_be_of_any_range():
    moved = BM25.assign(score=BM25["score"] * 7 - 1000)
    assert scores(score_fusion(moved, DENSE)) == pytest.approx(scores(score_fusion(BM25, DENSE)))


def test_a_ranking_of_equal_scores_counts_whole():
    assert scores(score_fusion(BM25, DENSE, weights=(0.25, 0.75)), "q2") == {"x": 0.75}


def test_a_document_that_is_twice_in_a_ranking_counts_with_its_best_score():
    twice = pd.concat([BM25, run({"q1": {"a": 5.0}})])
    out = score_fusion(twice, weights=(1,))
    assert len(out) == 3 and scores(out)["a"] == 1.0


def test_frames_without_rows_and_num_results():
    empty = BM25.iloc[:0]
    assert scores(score_fusion(empty, BM25, weights=(1, 2))) == {"a": 2.0, "b": 1.0, "c": 0.0}
    assert len(score_fusion(BM25, DENSE, num_results=2)) == 3
    assert score_fusion(empty, empty).columns.tolist() == ["qid", "docno", "score", "rank"]


def test_a_frame_without_scores_is_refused():
    with pytest.raises(pt.validate.InputValidationError):
        score_fusion(BM25.drop(columns="score").assign(rank=0), DENSE)


@pytest.mark.parametrize("weights", [(1,), (1, 2, 3), (-1, 2), (0, 0), (), 0.5, "ab", (math.nan, 1), (1, math.nan)])
def test_weights_that_do_not_fit_are_refused(weights):
    with pytest.raises(OpticalError, match="2 numbers"):
        score_fusion(BM25, DENSE, weights=weights)
    with pytest.raises(OpticalError, match="2 numbers"):
        ScoreFusion(pt.Transformer.from_df(BM25), pt.Transformer.from_df(DENSE), weights=weights)


def test_as_a_transformer():
    one, two = pt.Transformer.from_df(BM25), pt.Transformer.from_df(DENSE)
    fusion = ScoreFusion(one, two, weights=[0.25, 0.75])
    out = fusion(TOPICS)
    assert out.columns.tolist() == ["qid", "query", "lang", "docno", "score", "rank"]
    assert out["qid"].tolist() == ["q2"] + ["q1"] * 4
    assert scores(out) == scores(score_fusion(BM25, DENSE, weights=(0.25, 0.75)))
    assert scores((fusion % 2).compile()(TOPICS)).keys() == {"b", "a"}
    assert fusion == ScoreFusion(one, two, weights=(0.25, 0.75)) != ScoreFusion(one, two)
    assert ScoreFusion(one, two) == ScoreFusion(one, two, weights=(0.5, 0.5))
    assert "weights=(0.25, 0.75)" in repr(fusion) and hash(fusion) == hash(fusion.compile())
    assert copy.deepcopy(fusion).weights == (0.25, 0.75)
    assert pt.inspect.transformer_outputs(fusion, ["qid", "query"]) == ["qid", "query", "docno", "score", "rank"]
    assert fusion.schematic()["label"] == "Score fusion"
