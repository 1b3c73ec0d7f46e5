"""Weights of terms over a query."""

from pyterrier_optical.lexicon.words.weighting import bag


def test_a_bag_adds_up():
    assert bag([{"cat": 0.5, "dog": 0.5}, {"cat": 1.0}, {}]) == {"cat": 1.5, "dog": 0.5}
