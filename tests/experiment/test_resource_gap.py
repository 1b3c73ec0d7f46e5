import pandas as pd
import pytest
from matplotlib.figure import Figure

from pyterrier_optical.experiment.comparison import Comparison
from pyterrier_optical.experiment.resource_gap import gap_chart, resource_gap


@pytest.fixture
def comparison():
    values = {"hi": [0.2, 0.5], "th": [0.1, 0.5], "de": [0.4, 0.6], "fr": [0.6, 0.4]}
    tables = {lang: pd.DataFrame({"name": ["first", "best"], "AP": value}) for lang, value in values.items()}
    return Comparison(tables, "best", ("AP",), "holm", 0.05)


def test_the_gap_is_between_the_means_of_the_groups(comparison):
    gap = resource_gap(comparison, "AP", low=("hi", "th"), high=("de", "fr", "es")).set_index("system")
    assert gap.loc["first"].tolist() == [pytest.approx(0.15), pytest.approx(0.5), pytest.approx(0.35)]
    assert gap.loc["best", "gap"] == pytest.approx(0.0)


def test_without_languages_of_a_group_there_is_none(comparison):
    assert resource_gap(comparison, "AP", low=("sw",), high=("de",)).empty


def test_a_panel_for_each_part(comparison, tmp_path, monkeypatch):
    drawn = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *args, **kw: (drawn.append(self), save(self, *args, **kw))[1])
    gap = resource_gap(comparison, "AP", low=("hi", "th"), high=("de", "fr"))
    path = gap_chart({"one": gap, "two": gap.head(1)}, "AP", tmp_path / "gap.png")
    assert path.read_bytes().startswith(b"\x89PNG") and [file.name for file in tmp_path.iterdir()] == ["gap.png"]
    one, two = drawn[0].axes
    assert [label.get_text() for label in one.get_yticklabels()] == ["first", "best"]
    assert [text.get_text() for text in one.texts] == ["+0.350", "+0.000"] and len(two.texts) == 1
