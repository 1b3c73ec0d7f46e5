import pandas as pd
import pytest
from matplotlib.figure import Figure

from pyterrier_optical.experiment import Comparison, bar_chart


@pytest.fixture
def comparison():
    table = pd.DataFrame({"name": ["first", "best"], "AP": [0.25, 0.5], "AP reject": [False, True]})
    return Comparison({"sw": table, "th": table.assign(AP=0.0)}, "first", ("AP",), "holm", 0.05)


def test_a_bar_for_each_system_and_data_set(comparison, tmp_path, monkeypatch):
    drawn = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *args, **kw: (drawn.append(self), save(self, *args, **kw))[1])
    assert bar_chart(comparison, "AP", tmp_path / "AP.png") == tmp_path / "AP.png"
    axes = drawn[0].axes[0]
    assert [bar.get_height() for bar in axes.patches] == [0.25, 0.0, 0.5, 0.0]
    assert [text.get_text() for text in axes.texts] == ["*", "*"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["sw", "th"]


def test_the_file_is_a_picture_and_nothing_is_left_beside_it(comparison, tmp_path):
    bar_chart(comparison, "AP", str(tmp_path / "AP.png"))
    assert (tmp_path / "AP.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["AP.png"]


def test_the_legend_of_one_data_set_fits_into_the_picture(tmp_path, monkeypatch):
    drawn = []
    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda self, *args, **kw: (drawn.append(self), save(self, *args, **kw))[1])
    names = ["BM25, query as it is", "MiniLMReranker", "teacher, English queries", "OPTICAL + first stage", "OPTICAL"]
    table = pd.DataFrame({"name": names, "AP": 0.5, "AP reject": False})
    bar_chart(Comparison({"sw": table}, "OPTICAL", ("AP",), "holm", 0.05), "AP", tmp_path / "AP.png")
    (figure,) = drawn
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= 0 and legend.x1 <= figure.bbox.width
