"""How far low- and high-resource languages are apart."""

import pandas as pd
import pytest
from matplotlib.figure import Figure
from typer.testing import CliRunner

from pyterrier_optical.errors import OpticalError
from research.resource_gap import __main__ as command
from research.resource_gap.gap import gap_chart, gap_report, resource_gap


@pytest.fixture
def frame():
    values = {"hi": [0.2, 0.5], "th": [0.1, 0.5], "de": [0.4, 0.6], "fr": [0.6, 0.4]}
    rows = [(lang, *pair) for lang, both in values.items() for pair in zip(["first", "best"], both, strict=True)]
    return pd.DataFrame(rows, columns=["dataset", "system", "mean"]).assign(measure="AP")


def test_the_gap_is_between_the_means_of_the_groups(frame):
    gap = resource_gap(frame, "AP", low=("hi", "th"), high=("de", "fr", "es")).set_index("system")
    assert gap.index.tolist() == ["first", "best"]
    assert gap.loc["first"].tolist() == [pytest.approx(0.15), pytest.approx(0.5), pytest.approx(0.35)]
    assert gap.loc["best", "gap"] == pytest.approx(0.0)


@pytest.mark.parametrize(("measure", "low"), [("AP", ("sw",)), ("RR", ("hi",))])
def test_without_values_of_a_group_there_is_none(frame, measure, low):
    with pytest.raises(OpticalError, match=f"no values of '{measure}' for both groups, but of AP for hi, th, de, fr:"):
        resource_gap(frame, measure, low, high=("de",))


def test_a_panel_for_each_part(frame, tmp_path, monkeypatch):
    drawn = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *args, **kw: (drawn.append(self), save(self, *args, **kw))[1])
    gap = resource_gap(frame, "AP", low=("hi", "th"), high=("de", "fr"))
    path = gap_chart({"one": gap, "two": gap.head(1)}, "AP", tmp_path / "gap.png")
    assert path.read_bytes().startswith(b"\x89PNG") and [file.name for file in tmp_path.iterdir()] == ["gap.png"]
    one, two = drawn[0].axes
    assert [label.get_text() for label in one.get_yticklabels()] == ["first", "best"]
    assert [text.get_text() for text in one.texts] == ["+0.350", "+0.000"] and len(two.texts) == 1


def test_the_command_reads_a_report(frame, tmp_path):
    with pytest.raises(OpticalError, match=r"has no ranked\.csv: give the folder"):
        gap_report(tmp_path, "AP", ["hi"], ["de"])
    frame.to_csv(tmp_path / "ranked.csv", index=False)
    done = CliRunner().invoke(command.app, [str(tmp_path), "--low", "hi"])
    assert done.exit_code == 0, done.output
    assert "#### All documents ranked" in done.output and "| first  | 0.200 | 0.500 | 0.300 |" in done.output
    assert (tmp_path / "gap.png").is_file()
