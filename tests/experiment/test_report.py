from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from pyterrier_optical.experiment.comparison import Comparison
from pyterrier_optical.experiment.report import (
    dataset_table,
    latex_table,
    legend,
    markdown_table,
    summary_table,
    write_csv,
    write_latex,
)


@pytest.fixture
def comparison():
    table = pd.DataFrame(
        {
            "name": ["first", "twin", "best"],
            "AP": [0.25, 0.25, 0.5],
            "RR": [0.5, 0.5, 0.5],
            "AP +": [np.nan, 0, 20],
            "AP -": [np.nan, 0, 3],
            "AP p-value": [np.nan, np.nan, 0.00001],
            "AP reject": [False, False, True],
            "AP p-value corrected": [np.nan, np.nan, 0.00002],
            "RR reject": [False, False, False],
        }
    )
    return Comparison({"sw": table, "th": table.assign(AP=[0.25, 0.25, 0.75])}, "first", ("AP", "RR"), "holm", 0.05)


def test_a_table_for_people(comparison):
    lines = dataset_table(comparison, "sw", "AP").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == ["system", "AP", "RR", "better/worse", "p(AP)"]
    assert cells[2:] == [
        ["first", "0.250", "0.500", "-", "-"],
        ["twin", "0.250", "0.500", "0/0", "-"],
        ["best", "0.500*", "0.500", "20/3", "<.0001"],
    ]
    assert len({len(line) for line in lines}) == 1


def test_the_summary_has_the_mean_over_data_sets(comparison):
    last = summary_table(comparison, "AP").splitlines()[-1]
    assert [cell.strip() for cell in last.strip("|").split("|")] == ["best", "0.500*", "0.750*", "0.625"]


def test_the_legend_names_baseline_and_correction(comparison):
    assert legend(comparison).startswith("* differs from 'first' with p < 0.05: ") and "Holm" in legend(comparison)


def test_the_csv_is_the_tidy_frame_and_has_the_queries_beside_it(comparison, tmp_path):
    frame, values = pd.DataFrame({"system": ["a"], "mean": [0.5]}), pd.DataFrame({"qid": ["1"], "value": [0.5]})
    files = write_csv(replace(comparison, frame=frame, values=values), tmp_path / "tables.csv")
    assert [path.name for path in files] == ["tables.csv", "tables-queries.csv.gz"]
    assert pd.read_csv(files[0]).equals(frame) and pd.read_csv(files[1], dtype={"qid": str}).equals(values)


def test_latex_has_the_best_in_bold_and_its_signs_escaped(comparison, tmp_path):
    named = {lang: table.assign(name=["a_1 & b", "twin", "a >> b"]) for lang, table in comparison.tables.items()}
    lines = latex_table(replace(comparison, tables=named), "AP").splitlines()
    assert lines == [
        r"\begin{tabular}{lrrr}",
        r"\toprule",
        r"system & sw & th & mean \\ \midrule",
        r"a\_1 \& b & 0.250 & 0.250 & 0.250 \\",
        r"twin & 0.250 & 0.250 & 0.250 \\",
        r"a $>$$>$ b & \textbf{0.500}$^{*}$ & \textbf{0.750}$^{*}$ & 0.625 \\",
        r"\bottomrule",
        r"\end{tabular}",
    ]
    write_latex({"One": (comparison, ["AP", "RR"]), "Two": (comparison, ["RR"])}, tmp_path / "tables.tex")
    text = (tmp_path / "tables.tex").read_text(encoding="utf-8")
    assert text.count(r"\toprule") == 3 and text.startswith("% \\usepackage{booktabs}\n% One: AP. * differs from")


def test_markdown_is_left_for_names_and_right_for_numbers():
    frame = pd.DataFrame({"name": ["ab"], "n": [10], "p(AP)": ["<.0001"], "by": ["x1"]})
    assert markdown_table(frame).splitlines() == [
        "| name |  n |  p(AP) | by |",
        "|:-----|---:|-------:|:---|",
        "| ab   | 10 | <.0001 | x1 |",
    ]
