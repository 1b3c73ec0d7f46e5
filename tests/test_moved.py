"""Modules that were moved are found under their old names for one minor version, with a warning."""

import sys
from importlib import import_module

import pytest

from pyterrier_optical.moved import MOVED


@pytest.mark.parametrize("old", sorted(MOVED))
def test_an_old_path_gives_the_same_module_and_warns(old, monkeypatch):
    monkeypatch.delitem(sys.modules, f"pyterrier_optical.{old}", raising=False)
    with pytest.warns(DeprecationWarning, match=f"pyterrier_optical.{old} is pyterrier_optical.{MOVED[old]} now"):
        found = import_module(f"pyterrier_optical.{old}")
    assert found is import_module(f"pyterrier_optical.{MOVED[old]}")


def test_a_module_that_never_was_is_not_found():
    with pytest.raises(ModuleNotFoundError):
        import_module("pyterrier_optical.rerankers")
