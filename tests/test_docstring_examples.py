"""The examples of these modules run as their docstrings have them."""

import doctest
from importlib import import_module

import pytest

MODULES = ["errors", "frame_checks", "unpack", "fusion", "score_fusion"]
MODULES += [f"distill.{name}" for name in ("bitext", "bitext_files", "language_names", "sides", "sources", "tmx")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(import_module(f"pyterrier_optical.{name}")).failed == 0
