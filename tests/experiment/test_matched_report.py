import pandas as pd
import pytest
from matplotlib.figure import Figure

from pyterrier_optical.experiment.matched.config import MatchedConfig
from pyterrier_optical.experiment.matched.figures import curve_chart, gap_chart
from pyterrier_optical.experiment.matched.report import matched_report
from pyterrier_optical.experiment.matched.tables import tables, with_groups

CONFIG = MatchedConfig.from_dict({"output": "x", "matched": {"high_resource": ["de"]}})


def cell(system, language, mean, mark="", dataset="mtop/{}/dev/split", measure="AP", pairs="all"):
    names = {"pairs": pairs, "start": "aligned", "dataset": dataset.format(language), "language": language}
    return {**names, "measure": measure, "system": system, "mean": mean, "mark": mark, "seeds": 3}


@pytest.fixture
def grouped():
    means = {"ot": {"en": 0.6, "de": 0.5, "hi": 0.4, "th": 0.3}, "mse": {"en": 0.7, "de": 0.4, "hi": 0.2, "th": 0.2}}
    marks = {("mse", "en"): "†", ("mse", "hi"): "*"}
    rows = [cell(s, lang, mean, marks.get((s, lang), "")) for s, row in means.items() for lang, mean in row.items()]
    rows += [cell(system, "sw", 0.9, dataset="bitext/{}", measure="RR") for system in means]
    return with_groups(pd.DataFrame(rows), CONFIG)


def test_data_sets_are_of_a_kind_and_languages_of_a_group(grouped):
    assert grouped["kind"].unique().tolist() == ["mtop/*/dev/split", "bitext/*"]
    assert dict(zip(grouped["language"], grouped["resource"], strict=True)) == {
        "en": "",
        "de": "high",
        "hi": "low",
        "th": "low",
        "sw": "low",
    }


def test_a_table_for_each_kind_with_marks_and_means_of_groups(grouped):
    _, first, _, second, legend = tables(grouped).split("\n\n")
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in first.splitlines()]
    assert rows[0] == ["objective", "en", "de", "hi", "th", "low", "high", "seeds"]
    assert rows[2] == ["ot", "0.600", "0.500", "0.400", "0.300", "0.350", "0.500", "3"]
    assert rows[3] == ["mse", "0.700†", "0.400", "0.200*", "0.200", "0.200", "0.400", "3"]
    assert "high" not in second
    assert "'ot' is ahead" in legend and "Holm" in legend
    assert "### aligned start, all pairs: mtop/*/dev/split, AP" in tables(grouped)


def test_without_ours_the_legend_says_that_nothing_is_marked(grouped):
    assert "No marks" in tables(grouped[grouped["system"] == "mse"])


def test_the_legend_names_the_reference(grouped):
    assert "'mse' is ahead of it" in tables(grouped, "mse")
    assert "No marks: the objective 'scores'" in tables(grouped, "scores")


@pytest.fixture
def drawn(monkeypatch):
    figures, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *a, **k: (figures.append(self), save(self, *a, **k))[1])
    return figures


def test_a_bar_for_the_mean_of_each_group(grouped, drawn, tmp_path):
    assert gap_chart(grouped, tmp_path / "gap.png") == tmp_path / "gap.png"
    mtop, bitext = drawn[0].axes
    assert [bar.get_width() for bar in mtop.patches] == pytest.approx([0.35, 0.2, 0.5, 0.4])
    assert [label.get_text() for label in mtop.get_yticklabels()] == ["ot", "mse"]
    assert [bar.get_width() for bar in bitext.patches] == pytest.approx([0.9, 0.9, 0, 0])
    assert [path.name for path in tmp_path.iterdir()] == ["gap.png"]


def test_curves_go_from_few_pairs_to_all(drawn, tmp_path):
    rows = [cell("ot", "hi", mean, pairs=pairs) for pairs, mean in (("all", 0.4), ("1000", 0.2), ("4000", 0.3))]
    curve_chart(with_groups(pd.DataFrame(rows), CONFIG), tmp_path / "curves.png")
    (line,) = drawn[0].axes[0].lines
    assert line.get_xdata().tolist() == [0, 1, 2]
    assert [label.get_text() for label in drawn[0].axes[0].get_xticklabels()] == ["1,000", "4,000", "all"]
    assert line.get_ydata().tolist() == [0.2, 0.3, 0.4]


def test_the_files_of_a_comparison(tmp_path):
    rows = [
        {"start": "plain", "objective": objective, "seed": 1, "pairs": pairs, "qid": str(i), "value": value + i / 100}
        for objective, value in (("ot", 0.5), ("mse", 0.4))
        for pairs in ("1000", "all")
        for i in range(4)
    ]
    constant = {"ranking": "maxsim", "dataset": "bitext/sw", "language": "sw", "measure": "RR"}
    config = MatchedConfig.from_dict({"output": str(tmp_path)})
    found = matched_report(config, pd.DataFrame(rows).assign(**constant))
    assert {path.name for path in found.files.values()} == {"tables.md", "results.csv", "gap.png", "curves.png"}
    table = pd.read_csv(tmp_path / "results.csv")
    assert table.query("system == 'mse'")["mark"].tolist() == ["*", "*"]
    assert (tmp_path / "tables.md").read_text().count("### plain start") == 2
