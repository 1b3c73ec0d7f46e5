"""Manifests: what they find, and what they leave alone."""

import json

import pytest

from pyterrier_optical.base import manifest
from pyterrier_optical.errors import OpticalError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "1_Dense").mkdir()
    (tmp_path / "model.safetensors").write_bytes(bytes(range(200)))
    (tmp_path / "1_Dense" / "config.json").write_text("{}")
    (tmp_path / "README.md").write_text("# A model")
    manifest.write(tmp_path)
    return tmp_path


def test_a_whole_folder_is_accepted_and_one_without_a_manifest_told_apart(folder):
    assert manifest.verify(folder) and manifest.verify(folder, full=True)
    record = json.loads((folder / manifest.MANIFEST_FILE).read_text())
    assert set(record["files"]) == {"model.safetensors", "1_Dense/config.json"}
    assert all({"bytes", "crc32", "sha256"} == set(file) for file in record["files"].values())
    (folder / manifest.MANIFEST_FILE).unlink()
    assert not manifest.verify(folder)


def test_people_may_edit_what_people_read(folder):
    (folder / "README.md").write_text("# A better model")
    (folder / ".gitattributes").write_text("*.safetensors filter=lfs")
    assert manifest.verify(folder, full=True)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone", "more"])
def test_damage_is_one_sentence_that_names_the_file(folder, full, damage):
    file = folder / "model.safetensors"
    content = bytearray(file.read_bytes())
    content[150] ^= 4
    damaged = {"flip": content, "cut": content[:150], "empty": b"", "more": file.read_bytes() + b"\0"}
    file.unlink() if damage == "gone" else file.write_bytes(damaged[damage])
    with pytest.raises(OpticalError, match=r"model\.safetensors' is (missing|damaged or of another version), says"):
        manifest.verify(folder, full=full)


def test_a_file_that_another_version_left_behind_is_named(folder):
    (folder / "background.safetensors").write_bytes(b"of another model")
    with pytest.raises(OpticalError, match=r"background\.safetensors' is not one of the folder's own"):
        manifest.verify(folder)
    assert manifest.verify(folder, others=True)


def test_a_manifest_of_a_later_version_asks_for_an_upgrade(folder):
    path = folder / manifest.MANIFEST_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), "format_version": 9}))
    with pytest.raises(OpticalError, match="upgrade"):
        manifest.verify(folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format_version": 1, "files": {"a": 1}}', "[" * 10**5])
def test_a_damaged_manifest_is_named(folder, content):
    (folder / manifest.MANIFEST_FILE).write_text(content)
    with pytest.raises(OpticalError, match=r"manifest\.json' is damaged"):
        manifest.verify(folder)


@pytest.mark.parametrize("name", ["/etc/hostname", "../outside"])
def test_a_manifest_does_not_lead_out_of_its_folder(folder, name):
    record = {"format_version": 1, "files": {name: {"bytes": 1, "crc32": "0", "sha256": "0"}}}
    (folder / manifest.MANIFEST_FILE).write_text(json.dumps(record))
    with pytest.raises(OpticalError, match="names files outside its folder"):
        manifest.verify(folder)
