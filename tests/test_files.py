import errno
import os
import shutil

import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.files import whole, writing_to


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


def test_a_folder_that_cannot_be_made_is_one_sentence_before_any_work(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "run", tmp_path / ("x" * 300)):
        with (
            pytest.raises(OpticalError, match=r"^Cannot write to the folder '.*' \(.*\): make room"),
            writing_to(folder),
        ):
            raise AssertionError("worked for hours")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is read-only to such a user")
def test_a_read_only_folder_is_one_sentence(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(OpticalError, match="Permission denied"), writing_to(tmp_path):
        raise AssertionError("worked for hours")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_goes_wrong_while_writing_is_one_sentence(tmp_path, code):
    with pytest.raises(OpticalError, match=os.strerror(code)), writing_to(tmp_path) as folder:
        raise OSError(code, os.strerror(code), str(folder / "model" / "weights"))


def test_a_library_that_fails_on_a_full_disk_is_one_sentence(tmp_path, monkeypatch):
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: full)
    with pytest.raises(OpticalError, match="No space left"), writing_to(tmp_path):
        raise RuntimeError("stream writer failed")


def test_other_errors_are_not_about_writing(tmp_path):
    for error in (
        RuntimeError("shapes differ"),
        PermissionError(errno.EACCES, "denied", "/elsewhere/teacher"),
        FileNotFoundError(errno.ENOENT, "missing", str(tmp_path / "in")),
        OpticalError("No bitext file."),
    ):
        with pytest.raises(type(error)) as raised, writing_to(tmp_path):
            raise error
        assert raised.value is error
