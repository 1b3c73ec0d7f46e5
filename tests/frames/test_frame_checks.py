"""Mistakes in frames: one sentence from every reranker and fusion, or no matter at all."""

import math

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny

from pyterrier_optical import LaBSEReranker, OpticalError, OpticalReranker, ReciprocalRankFusion, ScoreFusion
from pyterrier_optical.errors import shown
from pyterrier_optical.retrieve.fusion.reciprocal_rank import reciprocal_rank_fusion
from pyterrier_optical.retrieve.fusion.score import score_fusion


@pytest.fixture(scope="module")
def reranker(tmp_path_factory) -> OpticalReranker:
    return OpticalReranker(tiny.encoder(tmp_path_factory.mktemp("checks")), device="cpu")


def results(**columns) -> pd.DataFrame:
    frame = {"qid": ["q1", "q1"], "query": "mto mrefu", "docno": ["d1", "d2"], "text": ["the long river", "a dog"]}
    return pd.DataFrame({**frame, **columns})


def objects(*values) -> pd.Series:
    """A column that pandas does not make text of: it refuses half of a surrogate pair."""
    return pd.Series(values, dtype=object)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"qid": ["q1", None]}, "Row 1 of the frame has no qid"),
        ({"qid": [1.0, math.nan]}, "Row 1 of the frame has no qid"),
        ({"docno": [None, "d2"]}, "Row 0 of the frame has no docno"),
        ({"qid": ["1", 1]}, r"The qid '1' is text and the qid 1 is a number, .*frame\['qid'\].astype\(str\)"),
        ({"docno": [("d", 1), "d2"]}, r"The docno \('d', 1\) is neither text nor a number"),
        ({"query": ["mto", "maji"]}, "The qid 'q1' has the queries 'mto' and 'maji'"),
        ({"query": ["mto", None]}, "The qid 'q1' has the queries 'mto' and ''"),
        ({"text": ["a dog", ["a", "dog"]]}, r"Row 1 of the column 'text' holds \['a', 'dog'\]: give a text"),
        ({"text": [b"a dog", ""]}, "Row 0 of the column 'text' holds b'a dog'"),
        ({"text": objects("a \ud83d dog", "")}, "Row 0 of the column 'text' has half of a surrogate pair"),
        ({"query": objects("\udc00", "\udc00")}, "Row 0 of the column 'query' has half of a surrogate pair"),
    ],
)
def test_mistakes_in_a_frame_are_one_sentence(reranker, columns, message):
    with pytest.raises(OpticalError, match=message):
        reranker(results(**columns))


def test_a_column_that_is_there_twice_is_named(reranker):
    twice = pd.concat([results(), results()[["text"]]], axis="columns")
    for transformer in (reranker, ReciprocalRankFusion(reranker), ScoreFusion(reranker)):
        with pytest.raises(OpticalError, match="more than one column 'text'"):
            transformer(twice)


def test_an_index_may_be_named_as_a_column_is(reranker):
    frame, expected = results(), reranker(results())
    single = frame.set_index("qid", drop=False)
    double = frame.set_index(["docno", "qid"], drop=False)
    for named in (single, double, frame.rename_axis(index="rank")):
        pd.testing.assert_frame_equal(reranker(named).reset_index(drop=True), expected)
        for fusion in (ReciprocalRankFusion(reranker, reranker), ScoreFusion(reranker, reranker)):
            assert fusion(named)["docno"].tolist() == fusion(frame)["docno"].tolist()
        assert reranker(named).sort_values(["qid", "rank"])["rank"].tolist() == [0, 1]
    assert single.index.name == "qid"


def test_numbers_are_texts_of_themselves(reranker):
    out = reranker(results(text=[7, 2.5]))
    assert np.isfinite(out["score"]).all()


@pytest.mark.parametrize("option", ["text_field", "query_field"])
@pytest.mark.parametrize("value", [5, "", [], ["text", 5], True])
def test_fields_are_names(option, value):
    for reranker in (OpticalReranker, LaBSEReranker):
        with pytest.raises(OpticalError, match=f"{option}=.* is no name of a column"):
            reranker(**{option: value})


FUSIONS = [reciprocal_rank_fusion, score_fusion]


def run(qids=("q1", "q1"), docnos=("a", "b"), scores=(2.0, 1.0)) -> pd.DataFrame:
    return pd.DataFrame({"qid": objects(*qids), "docno": objects(*docnos), "score": objects(*scores)})


@pytest.mark.parametrize("fuse", FUSIONS)
@pytest.mark.parametrize(
    ("other", "message"),
    [
        (run(qids=(1, 1)), "The qid 'q1' is text and the qid 1 is a number"),
        (run(docnos=(1, 2)), "The docno '.' is text and the docno . is a number"),
        (run(docnos=(None, "b")), "Row 0 of the frame has no docno"),
        (run(qids=("q1", math.nan)), "Row 1 of the frame has no qid"),
        (run(scores=(2.0, math.nan)), "Row 1 of the frame has the score nan"),
        (run(scores=(math.inf, 1.0)), "Row 0 of the frame has the score inf"),
        (run(scores=("high", 1.0)), "Row 0 of the frame has the score 'high'"),
        (run(docnos=("\ud83d", "b")), "The docno .* has half of a surrogate pair"),
    ],
)
def test_rankings_that_cannot_be_fused_are_refused(fuse, other, message):
    with pytest.raises(OpticalError, match=message):
        fuse(run(), other)


@pytest.mark.parametrize("fuse", FUSIONS)
def test_ids_may_be_numbers_of_any_type(fuse):
    whole = run(qids=(1, 1), docnos=(3, 4))
    other = whole.astype({"qid": "float64", "docno": "int32"})
    assert fuse(whole, other)["docno"].tolist() == [3, 4]
    assert fuse(whole.iloc[:0].astype({"qid": str}), whole)["docno"].tolist() == [3, 4]


def test_scores_may_be_as_large_as_floats_are():
    out = score_fusion(run(scores=(1.5e308, -1.5e308)))
    assert out["score"].tolist() == [1.0, 0.0]


def test_ranks_begin_at_0():
    with pytest.raises(OpticalError, match="has the rank -61: give a finite number of at least 0"):
        reciprocal_rank_fusion(run().rename(columns={"score": "rank"}).assign(rank=[-61, 0]))


@pytest.mark.parametrize("fuse", FUSIONS)
def test_texts_of_numbers_are_numbers(fuse):
    texts = run(docnos=("a", "b", "c"), qids=("q1",) * 3, scores=("9", "10", "8.5"))
    assert fuse(texts)["docno"].tolist() == ["b", "a", "c"]


@pytest.mark.parametrize("fusion", [ReciprocalRankFusion, ScoreFusion])
def test_queries_and_their_results_have_the_same_kind_of_ids(fusion):
    found = pt.Transformer.from_df(run())
    kept = pt.apply.generic(lambda inp: run())
    with pytest.raises(OpticalError, match="The qid 'q1' is text and the qid 1 is a number"):
        fusion(kept)(pd.DataFrame({"qid": [1], "query": ["mto"]}))
    with pytest.raises(OpticalError, match="The qid 'q1' has the queries 'mto' and 'maji'"):
        fusion(found)(pd.DataFrame({"qid": ["q1", "q1"], "query": ["mto", "maji"]}))


@pytest.mark.parametrize("options", [{"k": "60"}, {"k": math.nan}, {"k": None}, {"num_results": 2.5}])
def test_options_of_the_wrong_type_are_refused(options):
    with pytest.raises(OpticalError, match=r"must be a|give a positive whole number, or None"):
        reciprocal_rank_fusion(run(), **options)


@pytest.mark.parametrize(
    "value", ["x" * 10**6, b"x" * 500, list(range(500)), {"text": "x" * 500}, {"frame": "q" * 300}]
)
def test_what_a_message_shows_is_short(value):
    assert len(shown(value)) == 200
    assert len(shown(value, 30)) == 30


def test_what_is_short_is_shown_whole():
    assert (shown("mto"), shown(np.int64(7)), shown("\ud83d")) == ("'mto'", "7", r"'\ud83d'")
