import errno
import os

import pandas as pd
import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.experiment import run_demo
from pyterrier_optical.experiment.output import output_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def quick(tiny_model, monkeypatch):
    """Options of a demonstration that takes a second: a tiny model, and the baselines left out."""
    pytest.importorskip("pyterrier_pisa")
    monkeypatch.setattr("pyterrier_optical.experiment.systems.find_spec", lambda name: None)
    monkeypatch.setattr("pyterrier_optical.checkpoint.hub.cached", lambda name, check: None)
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


def test_a_table_is_printed_before_the_next_language_is_run(quick, tmp_path, monkeypatch):
    from pyterrier_optical.experiment import demo

    happened, compare = [], demo.compare

    def noted(systems, datasets, *args, **options):
        happened.append(f"run {next(iter(datasets))}")
        return compare(systems, datasets, *args, **options)

    monkeypatch.setattr(demo, "compare", noted)
    run_demo("sample", ["sw", "th"], output=tmp_path, echo=happened.append, **quick)
    order = [next(i for i, said in enumerate(happened) if what in said) for what in ("run sw", "/sw", "run th", "/th")]
    assert order == sorted(order)
    assert "queries in sw, th" in happened[0]


def test_a_place_that_cannot_be_written_is_known_before_any_work(quick, tmp_path, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.experiment.demo.standard_systems", lambda *args, **kw: pytest.fail("worked"))
    (tmp_path / "file").write_text("")
    with pytest.raises(OpticalError, match=r"Cannot write to '.*file.*' \(Not a directory\): make room there, or"):
        run_demo("sample", ["sw"], output=tmp_path / "file", echo=str, **quick)


@pytest.mark.parametrize("code, reason", [(errno.EROFS, "Read-only file system"), (errno.ENOSPC, "No space left")])
def test_a_folder_that_takes_no_file_is_one_sentence(tmp_path, monkeypatch, code, reason):
    def refuse(*args, **options):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("pyterrier_optical.experiment.output.TemporaryFile", refuse)
    with pytest.raises(OpticalError, match=rf"Cannot write to '{tmp_path}/out' \({reason}.*\): make room there"):
        output_folder(tmp_path / "out")
