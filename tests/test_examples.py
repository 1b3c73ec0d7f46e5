"""Every script in examples/ runs, as a user runs it."""

import os
import runpy
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """What a script prints. Here, where the libraries are loaded: that is most of a short script's time."""

    def said(script, *arguments) -> str:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / script), run_name="__main__")
        return capsys.readouterr().out

    return said


def run_without_java(tmp_path, script, *arguments) -> str:
    """What a script prints in a process of its own, elsewhere than in the checkout."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(EXAMPLES.parent), "PATH": str(tmp_path)}
    environment.pop("JAVA_HOME", None)
    command = [sys.executable, str(EXAMPLES / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_rerank_dataframe(shipped_model, run):
    said = run("rerank_dataframe.py")
    best = [line.split() for line in said.splitlines() if line.split()[1:2] == ["0"]]
    assert [(line[0], line[3]) for line in best] == [("de", "honey"), ("hi", "honey"), ("sw", "honey")]


def test_explain(shipped_model, run, tmp_path):
    said = run("explain.py", tmp_path / "explanation.png")
    met = {line.split()[1]: line.split()[2] for line in said.splitlines() if line.split()[0] == "query"}
    assert (met["maji"], met["kunywa"], met["बारिश"], met["सड़क"]) == ("water", "drinking", "rain", "road")
    # There is a picture where fonts are installed, and otherwise the name of one.
    assert (tmp_path / "explanation.png").is_file() or "install one, such as Noto Sans Devanagari" in said


def test_own_index(shipped_model, tmp_path):
    if not find_spec("pyterrier_pisa"):
        pytest.skip("needs the package pyterrier-pisa")
    said = run_without_java(tmp_path, "own_index.py", tmp_path)
    assert (tmp_path / "index").is_dir() and (tmp_path / "stems").is_dir()
    assert "differs in corpus, num_docs from what was asked for" in said
    found = [line.split()[2] for line in said.splitlines() if line[2:4] == "1."]
    assert found == ["well-1", "road-1", "mill-2", "well-1"]


def test_distil_own_language(shipped_model, run, tmp_path):
    said = run("distil_own_language.py", "--steps", 2)
    assert "clock" in said and (tmp_path / "runs" / "own-language" / "model" / "modules.json").is_file()


def test_fusion(shipped_model, run):
    if not find_spec("pyterrier_pisa"):
        pytest.skip("needs the package pyterrier-pisa")
    rows = {line.split()[0]: line.split()[1:] for line in run("fusion.py").splitlines() if line.strip()}
    assert rows["name"] == ["R@20", "nDCG@10"]
    values = {name: [float(value) for value in rows[name]] for name in ("lexical", "dense", "fused", "reranked")}
    assert values["fused"][1] > values["lexical"][1]
    assert min(value for row in values.values() for value in row) > 0.3


def test_translate_then_rank(shipped_model, run):
    if not find_spec("pyterrier_pisa"):
        pytest.skip("needs the package pyterrier-pisa")
    said = run("translate_then_rank.py").splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in said if line.strip()}
    recall = {name: float(values[0]) for name, values in rows.items() if name != "name"}
    assert recall["human"] > recall["raw"] and recall["words"] > recall["raw"]
    assert set(recall) == {"raw", "words", "human", "raw+rerank", "words+rerank", "human+rerank"}


def test_token_index(shipped_model, run, tmp_path):
    lines = run("token_index.py", tmp_path).splitlines()
    assert (tmp_path / "index" / "pt_meta.json").is_file()
    found = [line.split()[2] for line in lines if line.startswith("  ")]
    assert found[:3] == found[3:6] == ["well-1", "road-1", "mill-2"]
    assert found[6] != "well-1" and found[7:] == ["road-1", "mill-2"]
