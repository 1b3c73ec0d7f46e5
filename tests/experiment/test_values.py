"""What is finished is kept, and what cannot be judged is refused."""

import gzip
import logging

import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import compare
from pyterrier_optical.experiment.significance import COLUMNS, SAMPLES, summarise


class Counting(pt.Transformer):
    """Finds the given document for each query, and counts how often it is asked."""

    def __init__(self, *docnos):
        self.docnos = docnos
        self.asked = 0

    def transform(self, inp):
        pt.validate.query_frame(inp, context=self)
        self.asked += bool(len(inp))
        rows = [(q, d, 1.0 - i / 10, i) for q, _ in inp[["qid", "query"]].itertuples(index=False) for i, d in
                enumerate(self.docnos)]  # fmt: skip
        return pd.DataFrame(rows, columns=["qid", "docno", "score", "rank"])


@pytest.fixture
def systems():
    return {"base": Counting("a", "b", "x"), "a & b": Counting("c")}


def run(systems, toy, folder, measures=("map",), **options):
    return compare(systems, {"toy/1": toy}, list(measures), baseline="base", folder=folder, **options)


def test_a_second_time_nothing_is_run_and_nothing_changes(systems, toy, tmp_path):
    first = run(systems, toy, tmp_path)
    again = run(systems, toy, tmp_path)
    assert [system.asked for system in systems.values()] == [1, 1]
    for name in ("frame", "values"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(again, name), check_exact=True)
    pd.testing.assert_frame_equal(first.tables["toy/1"], again.tables["toy/1"], check_exact=True)


def test_only_what_is_new_is_run(systems, toy, tmp_path):
    run(systems, toy, tmp_path)
    more = {**systems, "new": Counting("b")}
    found = run(more, toy, tmp_path)
    assert [system.asked for system in more.values()] == [1, 1, 1]
    assert found.tables["toy/1"]["name"].tolist() == ["base", "a & b", "new"]
    # Another measure has no values yet.
    run(more, toy, tmp_path, ["map", "recip_rank"])
    assert [system.asked for system in more.values()] == [2, 2, 2]
    run(more, toy, tmp_path)
    assert [system.asked for system in more.values()] == [2, 2, 2], "the measure before stays"
    # Fewer systems and measures are taken from what is there.
    fewer = run({name: more[name] for name in ("new", "base")}, toy, tmp_path, ["recip_rank"])
    assert fewer.tables["toy/1"]["name"].tolist() == ["new", "base"] and fewer.measures == ("recip_rank",)
    assert [system.asked for system in more.values()] == [2, 2, 2]


def test_a_killed_run_keeps_the_data_sets_that_were_finished(systems, toy, tmp_path):
    class Broken(type(toy)):
        def get_topics(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(systems, {"one": toy, "two": Broken()}, ["map"], baseline="base", folder=tmp_path)
    compare(systems, {"one": toy, "two": toy}, ["map"], baseline="base", folder=tmp_path)
    assert [system.asked for system in systems.values()] == [2, 2]
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_runs_are_in_trecs_format(systems, toy, tmp_path):
    run(systems, toy, tmp_path)
    assert sorted(path.name for path in (tmp_path / "toy_1").iterdir()) == ["a_b.res.gz", "base.res.gz"]
    with gzip.open(tmp_path / "toy_1" / "base.res.gz", "rt") as lines:
        assert lines.readline() == "1 Q0 a 0 1.0 base\n"
    read = pt.io.read_results(str(tmp_path / "toy_1" / "base.res.gz"))
    assert read["docno"].tolist() == ["a", "b", "x"] * 3
    run(systems, toy, tmp_path / "values", runs=False)
    assert [path.name for path in (tmp_path / "values").iterdir()] == ["toy_1.csv.gz"]


def test_names_that_would_share_a_file_are_refused(systems, toy, tmp_path):
    with pytest.raises(OpticalError, match="'toy/1' and 'toy 1' would be kept in one file"):
        compare(systems, {"toy/1": toy, "toy 1": toy}, ["map"], baseline="base", folder=tmp_path)
    with pytest.raises(OpticalError, match="'a & b' and 'a/b' would be kept in one file"):
        run({**systems, "a/b": Counting("c")}, toy, tmp_path)
    assert len(compare(systems, {"toy/1": toy, "toy 1": toy}, ["map"], baseline="base").tables) == 2


def test_a_damaged_file_is_named(systems, toy, tmp_path):
    run(systems, toy, tmp_path)
    (tmp_path / "toy_1.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(OpticalError, match=r"toy_1\.csv\.gz' is damaged: delete it"):
        run(systems, toy, tmp_path)


def test_docnos_that_are_not_those_of_the_judgments(toy, tmp_path, caplog):
    strangers = {"base": Counting("DOC-a"), "other": Counting("DOC-b")}
    with pytest.raises(
        OpticalError, match=r"No document that 'base' found for 'toy/1' .* 'a' where the run has 'DOC-a'"
    ):
        run(strangers, toy, tmp_path)
    assert not list(tmp_path.glob("*.csv.gz"))
    with caplog.at_level(logging.WARNING, "pyterrier_optical"):
        run({**strangers, "base": Counting("a")}, toy, None)
    assert "No document that 'other' found for 'toy/1' is in its judgments" in caplog.text


def test_queries_without_a_judgment_among_them(systems, toy):
    class Other(type(toy)):
        def get_qrels(self):
            return super().get_qrels().assign(qid=["q1", "q2", "q3"])

    with pytest.raises(
        OpticalError, match="No query of 'toy/1' has judgments: its topics have qids such as '1', its qrels"
    ):
        run(systems, Other(), None)


def test_a_query_without_judgments_counts_nowhere(systems, toy, recwarn):
    class Fewer(type(toy)):
        def get_qrels(self):
            return super().get_qrels().head(2)

    found = run(systems, Fewer(), None)
    assert set(found.values["qid"]) == {"1", "2"} and found.frame["queries"].tolist() == [2, 2]
    assert not [warning for warning in recwarn if "qrels" in str(warning.message)]


def test_twins_are_named(toy, caplog):
    with caplog.at_level(logging.WARNING, "pyterrier_optical"):
        run({"base": Counting("a"), "twin": Counting("a"), "other": Counting("b", "c")}, toy, None)
    assert caplog.messages == ["twin has the values of base for every query of 'toy/1': are they one system?"]


def values(**systems) -> pd.DataFrame:
    rows = [("d", s, "AP", str(i), v) for s, group in systems.items() for i, v in enumerate(group)]
    return pd.DataFrame(rows, columns=["dataset", "system", "measure", "qid", "value"])


def test_the_tidy_frame_has_means_differences_and_intervals():
    base, better = [0.1, 0.4, 0.2, 0.3] * 20, [0.2, 0.5, 0.1, 0.6] * 20
    frame = summarise(values(base=base, better=better), "base", "holm", 0.05).set_index("system")
    assert ["dataset", "system", *list(frame.columns)[1:]] == list(COLUMNS)
    row = frame.loc["better"]
    assert (row["better"], row["worse"], row["queries"], row["reject"]) == (60, 20, 80, True)
    assert row["difference"] == pytest.approx(row["mean"] - frame.loc["base", "mean"])
    assert row["low"] < row["mean"] < row["high"]
    # The queries of both are drawn together: the difference varies less than its two sides.
    assert 0 < row["difference_low"] < row["difference"] < row["difference_high"]
    assert row["difference_high"] - row["difference_low"] < row["high"] - row["low"]
    assert frame.loc["base", ["difference", "p", "p_corrected"]].isna().all() and not frame.loc["base", "reject"]


def test_the_interval_is_near_that_of_normal_theory():
    numbers = pd.Series(range(400)) % 7 / 7
    row = summarise(values(a=numbers, b=numbers), "a", "holm", 0.05).iloc[0]
    half = 1.96 * numbers.std() / 20
    assert (row["high"] - row["low"]) / 2 == pytest.approx(half, rel=0.1)
    assert SAMPLES >= 1000
