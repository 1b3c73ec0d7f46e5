"""The examples in the docstrings of modules that need neither a model nor data."""

import doctest

import pytest

from pyterrier_optical.distill import alignment
from pyterrier_optical.distill import lexicon as building
from pyterrier_optical.translate import hidden_names, lexicon, names, relatives, segment, spelling, weighting


@pytest.mark.parametrize(
    "module",
    [alignment, building, hidden_names, lexicon, names, relatives, segment, spelling, weighting],
    ids=lambda m: m.__name__,
)
def test_examples_run(module):
    found = doctest.testmod(module)
    assert found.attempted and not found.failed
