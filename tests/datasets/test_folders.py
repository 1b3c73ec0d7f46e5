import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import folders


def test_named_folder_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("OPTICAL_DATA", str(tmp_path))
    assert folders.data_folder() == tmp_path


def test_named_folder_must_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("OPTICAL_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(OpticalError, match=r"nowhere.*no folder"):
        folders.data_folder()


def test_default_only_when_it_exists(monkeypatch, tmp_path):
    monkeypatch.delenv("OPTICAL_DATA", raising=False)
    monkeypatch.setattr(folders, "BESIDE_THE_CHECKOUT", tmp_path)
    assert folders.data_folder() == tmp_path
    monkeypatch.setattr(folders, "BESIDE_THE_CHECKOUT", tmp_path / "nowhere")
    assert folders.data_folder() is None


def test_downloads_live_in_pyterriers_home(tmp_path):
    assert folders.download_folder() == tmp_path / "home" / "optical"
