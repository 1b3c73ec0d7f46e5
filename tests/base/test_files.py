import errno
import os
import shutil

import pytest

from pyterrier_optical.base.files import lock_folder, replace_folder, restore, staging, whole, writing
from pyterrier_optical.errors import OpticalError


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path):
    file = tmp_path / "tables.md"
    file.write_text("before")
    with pytest.raises(KeyboardInterrupt), whole(file) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt
    assert file.read_text() == "before" and list(tmp_path.iterdir()) == [file]
    with whole(file) as partial:
        partial.write_text("after")
        assert file.read_text() == "before"
    assert file.read_text() == "after" and list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["tables.md", "in[d]ex", "x" * 250, "\u0e17" * 80])
def test_what_a_killed_process_left_is_removed_and_what_a_living_one_uses_is_not(tmp_path, name):
    place = tmp_path / name
    with pytest.raises(KeyboardInterrupt), staging(place) as folder:
        shutil.copytree(folder, dead := folder.with_name(f"{folder.name[:-16]}00000000.partial"))
        living = folder.with_name(f"{folder.name[:-16]}11111111.partial")
        living.mkdir()
        raise KeyboardInterrupt
    lock = lock_folder(living)
    with whole(place) as partial:
        partial.write_text("after")
    assert not dead.exists() and sorted(tmp_path.iterdir()) == sorted([living, place])
    os.close(lock)
    with whole(place) as partial:
        partial.write_text("later")
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize(
    ("gone", "said"),
    [("run", True), ("run/model", True), ("run/.model.0123abcd.partial", True), ("run/model/input.tsv", False)],
)
def test_a_place_that_is_not_there_is_one_sentence_and_a_file_in_it_is_another_matter(tmp_path, gone, said):
    with pytest.raises(OpticalError if said else FileNotFoundError), writing(tmp_path / "run" / "model", "output"):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(tmp_path / gone))


def test_a_folder_that_was_deleted_by_half_is_not_restored(tmp_path, monkeypatch):
    """Killed while it deletes what it has replaced; then the user deletes the new one."""
    for name in ("new", "model"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text(name)

    def killed(path, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shutil, "rmtree", killed)
        replace_folder(tmp_path / "new", tmp_path / "model")
    assert (tmp_path / "model" / "half").read_text() == "new"
    shutil.rmtree(tmp_path / "model")
    restore(tmp_path / "model")
    assert not (tmp_path / "model").exists()
