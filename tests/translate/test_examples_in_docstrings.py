"""The examples in the docstrings of modules that need neither a model nor data."""

import doctest

import pytest

from pyterrier_optical import tokenise
from pyterrier_optical.distill import alignment, dictionaries, lexicon, transliteration
from pyterrier_optical.translate import (
    hidden_names,
    names,
    names_by_script,
    relatives,
    segment,
    sound,
    spelling,
    transliterated_names,
    weighting,
)
from pyterrier_optical.translate import lexicon as lexicon_file
from pyterrier_optical.translate import transliteration as way_of_writing

BUILDING = [alignment, dictionaries, lexicon, transliteration]
NAMES = [hidden_names, names, names_by_script, sound, spelling, transliterated_names, way_of_writing]


@pytest.mark.parametrize(
    "module",
    [tokenise, lexicon_file, relatives, segment, weighting, *BUILDING, *NAMES],
    ids=lambda m: m.__name__,
)
def test_examples_run(module):
    found = doctest.testmod(module)
    assert found.attempted and not found.failed
