import pandas as pd
import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import run_demo


@pytest.fixture
def quick(tiny_model, monkeypatch):
    """Options of a demonstration that takes a second: a tiny model, and the baselines left out."""
    pytest.importorskip("pyterrier_pisa")
    monkeypatch.setattr("pyterrier_optical.experiment.systems.find_spec", lambda name: None)
    monkeypatch.setattr("pyterrier_optical.hub.cached", lambda name, check: None)
    return {"model": str(tiny_model), "engine": "pisa"}


def test_the_demonstration_ends_in_tables_and_a_plot(quick, tmp_path):
    lines = []
    result = run_demo("sample", ["sw", "th"], output=tmp_path, echo=lines.append, **quick)
    said = "\n".join(lines)
    assert list(result.comparison.tables) == ["sw", "th"]
    assert list(result.comparison.tables["sw"]["name"]) == list(result.systems.pipelines)
    assert result.comparison.measures == ("nDCG@10", "AP", "RR", "P@1")
    for name in result.systems.missing:
        assert f"Without {name}: " in said
    for what in ("## optical:sample/sw", "## optical:sample/th", "p(AP)", "## AP by query language", "BM25 by pisa"):
        assert what in said
    for path in (result.tables_file, result.csv_file, result.plot_file):
        assert path.stat().st_size > 0 and str(path) in said
    assert result.tables_file.read_text(encoding="utf-8") in said
    assert set(pd.read_csv(result.csv_file)["dataset"]) == {"sw", "th"}
    assert result.plot_file.read_bytes().startswith(b"\x89PNG")


def test_the_second_run_uses_the_index_of_the_first(quick, tmp_path):
    options = {"output": tmp_path, "echo": str, **quick}
    first = run_demo("sample", ["sw"], **options)
    built = (tmp_path / "sample" / "index").stat().st_mtime_ns
    second = run_demo("sample", ["sw"], **options)
    assert (tmp_path / "sample" / "index").stat().st_mtime_ns == built
    pd.testing.assert_frame_equal(first.comparison.tables["sw"], second.comparison.tables["sw"])


def test_mtop_is_measured_by_its_own_measures(quick, tiny_data, tmp_path):
    result = run_demo("mtop", ["hi"], output=tmp_path, echo=str, **quick)
    assert result.comparison.measures == ("nDCG@10", "AP", "RR(rel=3)", "P@1")
    assert result.systems.num_docs == 6


def test_mistakes_are_one_sentence(quick, tmp_path, no_data):
    options = {"output": tmp_path, "echo": str}
    with pytest.raises(OpticalError, match=r"No demonstration on 'msmarco': choose sample or mtop\."):
        run_demo("msmarco", **options)
    with pytest.raises(OpticalError, match="No data set 'sample/xx'"):
        run_demo("sample", ["xx"], **options, **quick)
    with pytest.raises(OpticalError, match="No model folder"):
        run_demo("sample", ["sw"], **options, model=str(tmp_path / "absent"))
    with pytest.raises(OpticalError, match=r"Cannot download .*mtop\.zip"):
        run_demo("mtop", ["hi"], **options, **quick)
    assert not (tmp_path / "mtop").exists()
