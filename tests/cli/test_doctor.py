"""What the doctor says of a sound installation and of a broken one."""

import json
import sys

import pytest
import tiny
from typer.testing import CliRunner

from pyterrier_optical import cli
from pyterrier_optical.cli import health as doctor
from pyterrier_optical.cli.health import Check, examine


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("model"), positions=128)


@pytest.fixture
def healthy(monkeypatch):
    """A doctor whose self-test knows the answer, as a tiny model cannot, and that reads no lexicon."""
    monkeypatch.setattr(doctor, "_self_test", lambda model: ("ok", "found"))
    monkeypatch.setattr(doctor, "_lexicon", lambda: ("ok", "lexicon"))


def found(model) -> dict[str, Check]:
    return {check.name: check for check in examine(model)}


def test_one_line_each_and_status_0(healthy, tiny_model):
    result = CliRunner().invoke(cli.app, ["doctor", "--model", str(tiny_model)])
    lines = result.stdout.splitlines()
    assert result.exit_code == 0 and lines[-1] == "All is well." and len(lines) == 10
    assert any("pyterrier-optical" in line and "torch" in line for line in lines)


def test_the_same_as_json(healthy, tiny_model):
    result = CliRunner().invoke(cli.app, ["doctor", "--json", "--model", str(tiny_model)])
    report = json.loads(result.stdout)
    assert result.exit_code == 0 and report["ok"] is True
    names = [check["name"] for check in report["checks"]]
    assert names[0] == "versions" and names[-1] == "self-test" and {"Java", "GPU", "free disk"} < set(names)


def test_a_model_that_is_not_there_fails_and_the_other_lines_stay(healthy, tmp_path):
    result = CliRunner().invoke(cli.app, ["doctor", "--model", str(tmp_path / "absent")])
    assert result.exit_code == 1
    assert "FAILED  model         No model folder" in result.stdout
    assert result.stdout.splitlines()[-1] == "To be put right: model, languages."


def test_a_damaged_file_is_named(healthy, tmp_path):
    from pyterrier_optical.base import manifest

    model = tiny.encoder(tmp_path / "model", positions=128)
    manifest.write(model)
    assert "as its manifest says; sha256 model.safetensors " in found(model)["model"].says
    file = model / "tokenizer.json"
    file.write_bytes(file.read_bytes().replace(b"a", b"b", 1))
    damaged = found(model)["model"]
    assert damaged.state == "failed" and "tokenizer.json" in damaged.says


def test_a_ranking_that_is_wrong_fails(monkeypatch):
    class Wrong:
        def __init__(self, model):
            pass

        def __call__(self, frame):
            return frame.assign(rank=[2, 1, 0])

    monkeypatch.setattr("pyterrier_optical.rerank.optical.OpticalReranker", Wrong)
    state, says = doctor._self_test(None)
    assert state == "failed" and "'owl'" in says


def test_whatever_breaks_is_a_line(monkeypatch):
    def broken():
        raise ImportError("libcudart.so.13: cannot open\nshared object")

    check = doctor._checked("GPU", broken)
    assert check == Check("GPU", "failed", "ImportError: libcudart.so.13: cannot open shared object")


@pytest.mark.parametrize(
    "says, expected", [('openjdk version "17.0.9" 2023', 17), ('java version "1.8.0_392"', 8), ("no JVM", None)]
)
def test_java_versions(monkeypatch, tmp_path, says, expected):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert doctor.java_version() == expected


def test_no_java_is_a_note_and_no_engine_fails(monkeypatch):
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert doctor._java()[0] == "note"
    monkeypatch.setattr("pyterrier_optical.retrieve.bm25.pisa.why_not", lambda: "it is not installed")
    assert doctor._engines()[0] == "failed"


def test_the_shipped_model_is_well(shipped_model):
    assert [check for check in examine() if check.state == "failed"] == []


def test_libraries_that_do_not_load_are_named(monkeypatch, healthy, tiny_model):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    versions = found(tiny_model)["versions"]
    assert versions.state == "failed" and "sentence_transformers" in versions.says
