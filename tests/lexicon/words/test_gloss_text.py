"""Which terms of a plan a gloss has."""

import pytest

from pyterrier_optical.lexicon.words.gloss import gloss_text


@pytest.mark.parametrize(("probability", "gloss"), [(0.2, "water clean"), (0.19, "water")])
def test_a_term_needs_a_probability_of_two_tenths(probability, gloss):
    assert gloss_text([("maji", {"water": 0.8}), ("safi", {"clean": probability, "pure": 0.1})]) == gloss
