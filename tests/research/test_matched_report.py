import pandas as pd
import pytest

from research.matched.config import MatchedConfig
from research.matched.report import matched_report, tables


def cell(system, language, mean, mark="", dataset="mtop/{}/dev/split", measure="AP"):
    names = {"dataset": dataset.format(language), "language": language, "measure": measure}
    return {**names, "system": system, "mean": mean, "mark": mark, "seeds": 3}


@pytest.fixture
def found():
    means = {"centred ot": {"en": 0.6, "hi": 0.4, "th": 0.3}, "raw ot": {"en": 0.7, "hi": 0.2, "th": 0.2}}
    marks = {("raw ot", "en"): "†", ("raw ot", "hi"): "*"}
    rows = [cell(s, lang, mean, marks.get((s, lang), "")) for s, row in means.items() for lang, mean in row.items()]
    rows += [cell(system, "sw", 0.9, dataset="bitext/{}", measure="RR") for system in means]
    return pd.DataFrame(rows)


def test_a_table_for_each_kind_with_marks_and_means(found):
    heading, first, second_heading, _, legend = tables(found, "centred ot").split("\n\n")
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in first.splitlines()]
    assert rows[0] == ["system", "en", "hi", "th", "but en", "seeds"]
    assert rows[2] == ["centred ot", "0.600", "0.400", "0.300", "0.350", "3"]
    assert rows[3] == ["raw ot", "0.700†", "0.200*", "0.200", "0.200", "3"]
    assert (heading, second_heading) == ("### mtop/*/dev/split, AP", "### bitext/*, RR")
    assert "'centred ot' is ahead" in legend and "Holm" in legend


def test_a_table_of_many_languages_shows_their_mean_alone():
    rows = [cell("raw ot", f"l{i}", i / 20, dataset="bitext/{}", measure="RR") for i in range(17)]
    assert "| raw ot |  0.400 |     3 |" in tables(pd.DataFrame(rows), "raw ot")


def test_the_legend_says_when_nothing_is_marked(found):
    assert "No marks: 'raw mse'" in tables(found, "raw mse")


def test_the_files_of_a_comparison(tmp_path):
    rows = [
        {"start": "raw", "objective": objective, "seed": 1, "qid": str(i), "value": value + i / 100}
        for objective, value in (("ot", 0.5), ("mse", 0.4))
        for i in range(4)
    ]
    constant = {"ranking": "maxsim", "dataset": "bitext/sw", "language": "sw", "measure": "RR"}
    config = MatchedConfig.from_dict({"output": str(tmp_path), "matched": {"reference": "raw ot"}})
    files = matched_report(config, pd.DataFrame(rows).assign(**constant)).files
    assert {path.name for path in files.values()} == {"tables.md", "results.csv"}
    assert pd.read_csv(tmp_path / "results.csv").query("system == 'raw mse'")["mark"].tolist() == ["*"]
    assert (tmp_path / "tables.md").read_text().count("### bitext/*, RR") == 1
