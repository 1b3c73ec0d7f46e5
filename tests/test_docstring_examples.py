"""Every example in a docstring runs as it stands, but those that need files or minutes (``# doctest: +SKIP``)."""

import doctest
import pkgutil
import tempfile
from importlib import import_module

import pytest

import pyterrier_optical

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(pyterrier_optical.__path__, "pyterrier_optical.")
    if not module.name.endswith((".pisa_child", ".__main__"))  # programs
)


@pytest.mark.parametrize("name", ["pyterrier_optical", *MODULES])
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert doctest.testmod(import_module(name)).failed == 0
