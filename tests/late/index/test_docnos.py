"""Docnos and positions, both ways."""

import numpy as np
import pytest

from pyterrier_optical.late.index import docnos as module
from pyterrier_optical.late.index.docnos import Docnos, IndexDocnos

NAMES = ["1", "01", "001", "d1", "D1", "क-2", "แมว", "a" * 300, "12345678901234567890123", "-1", "x y"]


@pytest.mark.parametrize("hashes", ["whole", "colliding"])
def test_both_ways(tmp_path, monkeypatch, hashes):
    if hashes == "colliding":
        monkeypatch.setattr(module, "_hashes", lambda encoded: np.array([len(e) % 2 for e in encoded], np.uint64))
    Docnos.of(NAMES).write(tmp_path)
    docnos = Docnos.open(tmp_path)
    assert docnos.positions(NAMES).tolist() == list(range(len(NAMES)))
    assert docnos[np.arange(len(NAMES))[::-1]].tolist() == NAMES[::-1]
    assert docnos.positions(["", "0001", "2", "d", "\ud800"]).tolist() == [-1] * 5
    assert docnos.positions([]).tolist() == docnos[np.array([], int)].tolist() == []


def test_none_at_all():
    empty = Docnos.of([])
    assert len(empty) == 0 and empty.positions(["a"]).tolist() == [-1]
    assert IndexDocnos([empty, Docnos.of(["a"])], np.array([False])).positions(["a"]).tolist() == [0]


def test_arrays_of_different_lengths_are_refused(tmp_path):
    Docnos.of(NAMES).write(tmp_path)
    np.save(tmp_path / "order.npy", np.arange(3))
    with pytest.raises(ValueError, match="different lengths"):
        Docnos.open(tmp_path)
