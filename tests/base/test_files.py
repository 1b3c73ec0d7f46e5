import pytest

from pyterrier_optical.base.files import whole


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
