import pandas as pd
import pytest
from matplotlib.figure import Figure

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import Comparison, scatter_chart

VALUES = {"first": [0.2, 0.4, 0.5, 0.0], "twin": [0.2, 0.4, 0.5, 0.0], "best": [0.6, 0.3, 0.5, 1.0]}


@pytest.fixture
def comparison():
    rows = [
        ("sw" if query < 3 else "th", system, "AP", f"q{query}", value)
        for system, values in VALUES.items()
        for query, value in enumerate(values)
    ]
    values = pd.DataFrame(rows, columns=["dataset", "system", "measure", "qid", "value"])
    values = pd.concat([values, values.assign(measure="RR", value=1.0)])
    return Comparison({}, "first", ("AP", "RR"), "holm", 0.05, values=values)


@pytest.fixture
def drawn(monkeypatch):
    figures, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *args, **kw: (figures.append(self), save(self, *args, **kw))[1])
    return figures


def points(axes) -> list[list[tuple[float, float]]]:
    """Those of better, equal and worse queries."""
    return [[tuple(point) for point in group.get_offsets().tolist()] for group in axes.collections]


def test_a_panel_for_each_other_system_and_a_point_for_each_query(comparison, drawn, tmp_path):
    path = scatter_chart(comparison, "AP", tmp_path / "scatter.png", system="best")
    assert path.read_bytes().startswith(b"\x89PNG") and [file.name for file in tmp_path.iterdir()] == ["scatter.png"]
    first, twin = drawn[0].axes
    assert [axes.get_xlabel() for axes in (first, twin)] == ["first", "twin"] and first.get_ylabel() == "AP of best"
    assert points(first) == [[(0.2, 0.6), (0.0, 1.0)], [(0.5, 0.5)], [(0.4, 0.3)]]
    assert (first.get_title("left"), first.get_title("right")) == ("better: 2", "worse: 1")


def test_the_baseline_is_the_system_unless_another_is_named(comparison, drawn, tmp_path):
    scatter_chart(comparison, "AP", tmp_path / "scatter.png")
    twin, best = drawn[0].axes
    assert (best.get_title("left"), best.get_title("right")) == ("better: 1", "worse: 2")
    assert points(twin)[0] == points(twin)[2] == [] and len(points(twin)[1]) == 4


def test_queries_of_one_data_set(comparison, drawn, tmp_path):
    scatter_chart(comparison, "AP", tmp_path / "scatter.png", system="best", datasets=["th"])
    assert points(drawn[0].axes[0]) == [[(0.0, 1.0)], [], []]


@pytest.mark.parametrize(
    ("measure", "options", "sentence"),
    [
        ("MAP", {}, "no measure 'MAP': choose among AP, RR"),
        ("AP", {"system": "worst"}, "no system 'worst': choose among first, twin, best"),
        ("AP", {"datasets": ["sw", "hi"]}, "no dataset 'hi': choose among sw, th"),
    ],
)
def test_what_is_not_in_the_comparison_is_refused(comparison, tmp_path, measure, options, sentence):
    with pytest.raises(OpticalError, match=sentence):
        scatter_chart(comparison, measure, tmp_path / "scatter.png", **options)
    assert not list(tmp_path.iterdir())
