import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from scipy import stats

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import compare, paired_t_test


def system(**ranks):
    """Ranks the relevant document of each query where it is told to; rank 9 is nowhere."""
    relevant = {"q1": ("1", "a"), "q2": ("2", "b"), "q3": ("3", "c")}
    rows = []
    for name, rank in ranks.items():
        qid, docno = relevant[name]
        rows += [{"qid": qid, "docno": f"other{i}", "score": -float(i), "rank": i} for i in range(5) if i != rank]
        rows += [{"qid": qid, "docno": docno, "score": -float(rank), "rank": rank}] if rank < 9 else []
    frame = pd.DataFrame(rows, columns=["qid", "docno", "score", "rank"])
    return pt.Transformer.from_df(frame)


BASELINE = {"q1": 1, "q2": 3, "q3": 1}


def test_values_and_tests_are_those_of_a_bare_experiment(toy):
    systems = {"base": system(**BASELINE), "other": system(q1=0, q2=0, q3=1), "third": system(q1=2, q2=0, q3=0)}
    found = compare(systems, {"toy": toy}, ["map", "recip_rank"], baseline="base", correction="bonferroni")
    expected = pt.Experiment(
        systems,
        toy.get_topics(),
        toy.get_qrels(),
        ["map", "recip_rank"],
        baseline="base",
        correction="bonferroni",
    )
    pd.testing.assert_frame_equal(found.tables["toy"][list(expected)], expected, check_dtype=False)
    assert found.measures == ("map", "recip_rank")


def test_an_identical_system_has_no_p_value_and_leaves_the_others_theirs(toy):
    systems = {"base": system(**BASELINE), "twin": system(**BASELINE), "better": system(q1=0, q2=0, q3=0)}
    table = compare(systems, {"toy": toy}, ["map"], baseline="base").tables["toy"].set_index("name")
    assert np.isnan(table.loc["twin", "map p-value"]) and np.isnan(table.loc["twin", "map p-value corrected"])
    assert not table.loc["twin", "map reject"]
    plain = stats.ttest_rel([1, 1, 1], [1 / 2, 1 / 4, 1 / 2]).pvalue
    assert table.loc["better", "map p-value"] == pytest.approx(plain)
    assert table.loc["better", "map p-value corrected"] == pytest.approx(2 * plain)


def test_one_pipeline_under_two_names(toy):
    one = system(**BASELINE) % 5
    comparison = compare({"base": one, "again": one}, {"toy": toy}, ["map"], baseline="base")
    assert comparison.summary("map")["toy"].to_dict() == {"base": pytest.approx(5 / 12), "again": pytest.approx(5 / 12)}


def test_a_real_difference_is_significant(toy):
    systems = {"base": system(q1=9, q2=9, q3=9), "better": system(q1=0, q2=0, q3=0)}
    comparison = compare(systems, {"toy": toy}, ["map"], baseline="base")
    assert comparison.significant("map")["toy"].to_dict() == {"base": False, "better": True}


def test_a_system_that_finds_nothing_scores_zero(toy):
    systems = {"base": system(**BASELINE), "nothing": system()}
    comparison = compare(systems, {"toy": toy}, ["map"], baseline="base")
    assert comparison.summary("map").loc["nothing", "toy"] == 0
    assert comparison.summary("map").loc["base", "toy"] == pytest.approx(5 / 12)


def test_queries_without_results_count(toy):
    systems = {"base": system(q1=0), "all": system(q1=0, q2=0, q3=0)}
    comparison = compare(systems, {"toy": toy}, ["map"], baseline="base")
    assert comparison.summary("map")["toy"].to_dict() == {"base": pytest.approx(1 / 3), "all": 1.0}


def test_systems_may_depend_on_the_data_set(toy):
    other = type(toy)("other")

    def systems(dataset):
        return {"base": system(**BASELINE), "x": system(q1=0) if dataset.name == "other" else system(q1=1)}

    summary = compare(systems, {"toy": toy, "other": other}, ["map"], baseline="base").summary("map")
    assert list(summary) == ["toy", "other"]
    assert summary.loc["x"].tolist() == [pytest.approx(1 / 6), pytest.approx(1 / 3)]


def test_data_sets_by_name():
    frame = pt.get_dataset("optical:sample/sw").get_qrels()[["qid", "docno"]].assign(score=1.0, rank=0)
    systems = {"base": pt.Transformer.from_df(frame), "x": pt.Transformer.from_df(frame.head(3))}
    summary = compare(systems, ["optical:sample/sw"], ["map"], baseline="base").summary("map")
    assert summary.loc["base", "optical:sample/sw"] > summary.loc["x", "optical:sample/sw"] > 0


@pytest.mark.parametrize(
    "names, datasets, sentence",
    [
        (["base"], ["toy"], "at least two"),
        (["x", "y"], ["toy"], "No system is called 'base': the baseline is one of x, y."),
        (["base", "x"], [], "no data set"),
    ],
)
def test_what_cannot_be_compared_is_refused(toy, names, datasets, sentence):
    with pytest.raises(OpticalError, match=sentence):
        compare(dict.fromkeys(names, system(**BASELINE)), dict.fromkeys(datasets, toy), ["map"], baseline="base")


def test_the_t_test_is_scipys_where_that_has_an_answer():
    a, b = np.array([0.3, 0.6, 0.9, 0.2]), np.array([0.1, 0.7, 0.5, 0.1])
    expected = stats.ttest_rel(a, b)
    assert paired_t_test(a, b) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))


@pytest.mark.parametrize("values", [[0.2, 0.4], [0.5], []])
def test_the_t_test_sees_no_evidence_where_there_is_none(values):
    assert paired_t_test(np.array(values), np.array(values)) == (0.0, 1.0)
    assert paired_t_test(np.array([1.0]), np.array([0.0])) == (0.0, 1.0)


def test_constant_differences_are_evidence_without_a_warning(recwarn):
    assert paired_t_test(np.array([1.0, 0.5, 0.75]), np.array([0.75, 0.25, 0.5]))[1] < 1e-6
    assert not recwarn.list
