import numpy as np
import pandas as pd
import pytest

from pyterrier_optical.experiment.significance import paired_t_test
from research.matched import significance


def frame(objective, per_seed, *, start="centred", ranking="maxsim", dataset="bitext/sw"):
    """Values of an objective: for each seed a value per query."""
    rows = [
        {"seed": seed, "qid": str(i), "value": value}
        for seed, values in per_seed.items()
        for i, value in enumerate(values)
    ]
    constant = {"objective": objective, "start": start, "ranking": ranking, "dataset": dataset}
    return pd.DataFrame(rows).assign(**constant, language="sw", measure="RR")


def results(values, reference="centred ot"):
    """The results of one start, by its objectives."""
    found = significance.results(values, reference)
    return found.assign(system=found["system"].str.removeprefix("centred "))


def noisy(mean, seed, queries=40):
    return mean + np.random.default_rng(seed).normal(0, 0.05, queries)


def test_values_are_averaged_over_seeds_before_they_are_tested():
    ours, other = {s: noisy(0.6, s) for s in (1, 2)}, {s: noisy(0.55, s + 9) for s in (1, 2)}
    found = results(pd.concat([frame("ot", ours), frame("mse", other)])).set_index("system")
    mine, theirs = (np.mean(list(values.values()), axis=0) for values in (ours, other))
    assert found.loc["mse", "mean"] == pytest.approx(theirs.mean())
    assert found.loc["mse", "difference"] == pytest.approx((mine - theirs).mean())
    assert found.loc["mse", "p"] == pytest.approx(paired_t_test(mine, theirs)[1])
    assert found.loc["mse", "spread"] == pytest.approx(np.std([v.mean() for v in other.values()], ddof=1))
    assert found.loc["mse", ["seeds", "queries"]].tolist() == [2, 40]
    assert np.isnan(found.loc["ot", "p"]) and found.loc["ot", "mark"] == ""


def test_marks_say_who_is_ahead():
    found = results(
        pd.concat(
            [
                frame("ot", {1: noisy(0.5, 1)}),
                frame("mse", {1: noisy(0.3, 2)}),
                frame("ranking", {1: noisy(0.7, 3)}),
                frame("optical", {1: noisy(0.5, 1) + np.tile([0.01, -0.01], 20)}),
            ]
        )
    ).set_index("system")
    assert found["mark"].to_dict() == {"ot": "", "mse": "*", "ranking": "†", "optical": ""}
    assert found["spread"].isna().all(), "one seed says nothing of others"


def test_p_is_corrected_for_the_objectives_of_a_data_set_and_not_of_others():
    one = [frame("ot", {1: noisy(0.5, 1)}), frame("mse", {1: noisy(0.48, 2)}), frame("optical", {1: noisy(0.47, 3)})]
    found = results(pd.concat(one)).set_index("system")
    ordered = found.loc[["mse", "optical"]].sort_values("p")
    smaller, larger = ordered["p"]
    assert ordered["p_corrected"].tolist() == pytest.approx([2 * smaller, max(2 * smaller, larger)])
    other = pd.concat([*one, frame("mse", {1: noisy(0.1, 4)}, dataset="bitext/so").assign(language="so")])
    again = results(other)
    pd.testing.assert_frame_equal(again[again["dataset"] == "bitext/sw"].set_index("system"), found)
    assert again[again["dataset"] == "bitext/so"]["p"].isna().all(), "nothing of ours to compare with"


def test_the_reference_may_be_another_objective():
    rows = pd.concat([frame("ot", {1: noisy(0.5, 1)}), frame("mse", {1: noisy(0.3, 2)})])
    found = results(rows, reference="centred mse").set_index("system")
    assert found["mark"].to_dict() == {"ot": "†", "mse": ""}
    assert found.loc["ot", "difference"] == pytest.approx((noisy(0.3, 2) - noisy(0.5, 1)).mean())


def test_only_seeds_that_both_have_are_compared():
    ours = {1: noisy(0.5, 1), 2: noisy(0.9, 2)}
    found = results(pd.concat([frame("ot", ours), frame("mse", {1: noisy(0.4, 3)})])).set_index("system")
    assert found.loc["mse", "difference"] == pytest.approx((ours[1] - noisy(0.4, 3)).mean())
    apart = results(pd.concat([frame("ot", {1: noisy(0.5, 1)}), frame("mse", {2: noisy(0.4, 3)})]))
    assert apart["p"].isna().all()


def test_a_start_without_training_stands_for_every_seed():
    ours, start = {1: noisy(0.5, 1), 2: noisy(0.6, 2)}, noisy(0.4, 3)
    both = pd.concat([frame("ot", ours), frame("start", {1: start})])
    mean = np.mean([*ours.values()])
    assert results(both).set_index("system").loc["start", "difference"] == pytest.approx(mean - start.mean())
    found = results(both, "centred start").set_index("system")
    assert found.loc["ot", "difference"] == pytest.approx(start.mean() - mean)


def test_the_other_start_is_tested_too():
    both = pd.concat([frame("ot", {1: noisy(0.6, 1)}), frame("ot", {1: noisy(0.4, 2)}, start="raw")])
    assert results(both).set_index("system")["mark"].to_dict() == {"ot": "", "raw ot": "*"}


def test_a_ranking_by_pooled_vectors_is_a_row_of_its_own():
    found = results(
        pd.concat(
            [
                frame("ot", {1: noisy(0.5, 1)}),
                frame("mse", {1: noisy(0.3, 2)}),
                frame("mse", {1: noisy(0.4, 3)}, ranking="cosine"),
            ]
        )
    )
    assert found["system"].tolist() == ["ot", "mse", "mse (cosine)"]
    assert found["mark"].tolist() == ["", "*", "*"]
