"""Reciprocal-rank fusion: the formula, ties, and the columns that survive."""

import pickle

import pandas as pd
import pyterrier as pt
import pytest
from ir_measures import AP

from pyterrier_optical import OpticalError
from pyterrier_optical.retrieve.fusion.reciprocal_rank import ReciprocalRankFusion, reciprocal_rank_fusion

TOPICS = pd.DataFrame({"qid": ["q2", "q1"], "query": ["bahari", "mlima"], "lang": ["sw", "sw"]})


def run(ranking: dict[str, str], **columns) -> pd.DataFrame:
    """A result frame: for each query its documents, one letter each, best first."""
    rows = [(qid, docno, 9.0 - i, i) for qid, docnos in ranking.items() for i, docno in enumerate(docnos)]
    return pd.DataFrame(rows, columns=["qid", "docno", "score", "rank"]).assign(**columns)


class Fixed(pt.Transformer):
    """Gives a ranking, with the columns of the query and more of its own."""

    def __init__(self, name: str, ranking: dict[str, str]):
        self.name = name
        self.ranking = run(ranking)

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        pt.validate.query_frame(inp, extra_columns=["query"], context=self)
        out = inp.merge(self.ranking, on="qid")
        inp["query"] = "spoilt"
        return out.assign(query=out["query"] + f" by {self.name}", query_toks=[{self.name: 1.0}] * len(out))

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other) -> bool:
        return isinstance(other, Fixed) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)


ONE, TWO = Fixed("one", {"q1": "abc", "q2": "xy"}), Fixed("two", {"q1": "bd"})


def ranking(frame: pd.DataFrame) -> dict[str, str]:
    return {qid: "".join(group.sort_values("rank")["docno"]) for qid, group in frame.groupby("qid")}


@pytest.mark.parametrize("k", [0, 10, 60])
def test_scores_are_sums_of_reciprocal_ranks(k):
    out = reciprocal_rank_fusion(run({"q1": "abc", "q2": "xy"}), run({"q1": "bd"}), run({"q1": "cba"}), k=k)
    scores = out[out["qid"] == "q1"].set_index("docno")["score"].to_dict()
    expected = {
        "a": 1 / (k + 1) + 1 / (k + 3),
        "b": 1 / (k + 2) + 1 / (k + 1) + 1 / (k + 2),
        "c": 1 / (k + 3) + 1 / (k + 1),
        "d": 1 / (k + 2),
    }
    assert scores == pytest.approx(expected)
    assert ranking(out) == {"q1": "bacd", "q2": "xy"}
    for _, group in out.groupby("qid"):
        assert group["rank"].tolist() == list(range(len(group)))


def test_by_default_the_first_rank_counts_a_sixty_first():
    assert reciprocal_rank_fusion(run({"q": "a"}))["score"].tolist() == [1 / 61]
    assert ReciprocalRankFusion(ONE)(TOPICS)["score"].max() == 1 / 61


def test_ties_go_to_the_earlier_frame_and_then_to_the_higher_rank():
    assert ranking(reciprocal_rank_fusion(run({"q": "abc"}), run({"q": "xyz"}))) == {"q": "axbycz"}
    assert ranking(reciprocal_rank_fusion(run({"q": "ab"}), run({"q": "ba"}))) == {"q": "ab"}
    shuffled = run({"q": "ab"}).iloc[::-1]
    assert ranking(reciprocal_rank_fusion(shuffled, run({"q": "ba"}))) == {"q": "ab"}


def test_scores_rank_where_there_are_no_ranks():
    scored = run({"q": "abc"}).drop(columns="rank").iloc[::-1]
    before = scored.copy()
    assert ranking(reciprocal_rank_fusion(scored)) == {"q": "abc"}
    pd.testing.assert_frame_equal(scored, before)


def test_a_document_that_is_twice_in_a_ranking_counts_once():
    out = reciprocal_rank_fusion(run({"q": "aab"}), k=1)
    assert out["score"].tolist() == [1 / 2, 1 / 4]


def test_num_results():
    runs = run({"q1": "abc", "q2": "xy"}), run({"q1": "bd"})
    assert ranking(reciprocal_rank_fusion(*runs, num_results=2)) == {"q1": "ba", "q2": "xy"}
    many = run({"q": [f"d{i}" for i in range(1500)]})
    assert len(reciprocal_rank_fusion(many)) == 1000
    assert len(reciprocal_rank_fusion(many, num_results=None)) == 1500


def test_ids_of_categories_bring_no_documents_that_were_not_found():
    runs = [run({"q1": "ab", "q2": "c"}).astype({"qid": "category", "docno": "category"})] * 2
    assert ranking(reciprocal_rank_fusion(*runs)) == {"q1": "ab", "q2": "c"}


def test_frames_without_rows():
    empty = pd.DataFrame({"qid": [], "docno": [], "rank": []})
    assert ranking(reciprocal_rank_fusion(empty, run({"q": "ab"}), empty)) == {"q": "ab"}
    out = reciprocal_rank_fusion(empty, empty)
    assert out.columns.tolist() == ["qid", "docno", "score", "rank"] and len(out) == 0
    integers = run({"q": "ab"}).assign(qid=7)
    assert reciprocal_rank_fusion(empty, integers)["qid"].tolist() == [7, 7]
    with pytest.raises(pt.validate.InputValidationError):
        reciprocal_rank_fusion(pd.DataFrame({"qid": [], "docno": []}))


def test_the_columns_of_the_query_survive_as_they_came():
    topics = TOPICS.assign(query_toks=[{"sea": 1.0}, {"hill": 1.0}], rank=4)
    before = topics.copy(deep=True)
    out = ReciprocalRankFusion(ONE, TWO)(topics)
    pd.testing.assert_frame_equal(topics, before)
    assert out.columns.tolist() == ["qid", "query", "lang", "query_toks", "docno", "score", "rank"]
    assert out["qid"].tolist() == ["q2"] * 2 + ["q1"] * 4
    assert out["query"].tolist() == ["bahari"] * 2 + ["mlima"] * 4
    assert out["query_toks"].iloc[-1] == {"hill": 1.0}
    assert ranking(out) == {"q1": "badc", "q2": "xy"}


def test_rerankers_keep_the_columns_of_their_rows():
    first = run({"q1": "abc"}, query="mlima", text=["x", "y", "z"])
    up, down = (pt.apply.doc_score(lambda row, sign=sign: sign * ord(row["docno"])) for sign in (1, -1))
    out = ReciprocalRankFusion(up, down, up)(first)
    assert out.columns.tolist() == ["qid", "docno", "query", "text", "score", "rank"]
    assert out["docno"].tolist() == ["c", "b", "a"] and out["text"].tolist() == ["z", "y", "x"]


def test_no_rows():
    out = ReciprocalRankFusion(ONE, TWO)(TOPICS.iloc[:0])
    assert out.columns.tolist() == ["qid", "query", "lang", "docno", "score", "rank"]
    assert len(out) == 0 and out["score"].dtype == float
    nothing = ReciprocalRankFusion(Fixed("none", {}), Fixed("none", {}))(TOPICS)
    assert len(nothing) == 0 and "lang" in nothing


def test_missing_columns_are_named():
    for frame in (pd.DataFrame(), TOPICS.drop(columns="query"), TOPICS.assign(docno="d")):
        with pytest.raises(pt.validate.InputValidationError):
            ReciprocalRankFusion(ONE, TWO)(frame)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ReciprocalRankFusion(),
        lambda: ReciprocalRankFusion(ONE, "bm25"),
        lambda: ReciprocalRankFusion(ONE, k=-1),
        lambda: ReciprocalRankFusion(ONE, num_results=0),
    ],
)
def test_wrong_arguments(wrong):
    with pytest.raises(OpticalError):
        wrong()


def test_identity_and_pickle():
    fusion = ReciprocalRankFusion(ONE, TWO, k=10)
    assert fusion == ReciprocalRankFusion(ONE, TWO, k=10)
    assert hash(fusion) == hash(ReciprocalRankFusion(ONE, TWO, k=10))
    assert fusion != ReciprocalRankFusion(TWO, ONE, k=10)
    assert fusion != ReciprocalRankFusion(ONE, TWO)
    assert repr(fusion) == "ReciprocalRankFusion(one, two, k=10)"
    again = pickle.loads(pickle.dumps(fusion))  # noqa: S301 - our own bytes
    assert again == fusion
    pd.testing.assert_frame_equal(again(TOPICS), fusion(TOPICS))


class Both(ReciprocalRankFusion):
    def __init__(self, depth):
        super().__init__(ONE % depth, TWO % depth, k=3)


def test_a_subclass_with_other_arguments_is_cut_off_compiled_and_told_apart():
    assert Both(2) == Both(2) and hash(Both(2)) == hash(Both(2)) and Both(2) != Both(1)
    top = (Both(2) % 1).compile()
    assert isinstance(top, Both) and (top.num_results, top.k) == (1, 3) and top != Both(2)
    pd.testing.assert_frame_equal(top(TOPICS), (Both(2) % 1)(TOPICS))
    assert repr(Both(2)).startswith("Both(retrievers=(") and "k=3" in repr(Both(2))


def test_inspection_and_cutoff():
    fusion = ReciprocalRankFusion(ONE, TWO % 1)
    assert [sorted(columns) for columns in pt.inspect.transformer_inputs(fusion)] == [["qid", "query"]]
    assert pt.inspect.transformer_outputs(fusion, ["qid", "query"]) == ["qid", "query", "docno", "score", "rank"]
    assert list(pt.inspect.subtransformers(fusion)) == ["retrievers"]
    schematic = fusion.schematic()
    assert len(schematic["label"]) <= 20 and schematic["help_url"].startswith("https://")
    top = (fusion % 2).compile()
    assert isinstance(top, ReciprocalRankFusion) and top.num_results == 2
    pd.testing.assert_frame_equal(top(TOPICS), (fusion % 2)(TOPICS))
    assert fusion.fuse_rank_cutoff(5000) is fusion


@pytest.mark.parametrize("plan", ["linear", "tree"])
def test_experiment(plan):
    qrels = pd.DataFrame({"qid": ["q1", "q2"], "docno": ["b", "y"], "label": [1, 1]})
    fusion = ReciprocalRankFusion(ONE, TWO)
    table = pt.Experiment([ONE, fusion, fusion % 1], TOPICS, qrels, [AP], names=["1", "f", "f1"], plan=plan)
    assert table.set_index("name")["AP"].to_dict() == pytest.approx({"1": 0.5, "f": 0.75, "f1": 0.5})
