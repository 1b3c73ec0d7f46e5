"""Weights of terms over a query."""

import pytest

from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.lexicon.words.weighting import bag, idf_of_the_word

INDEX = IndexTerms({"cat": 30, "feline": 2, "dog": 30}, num_docs=1000)


def test_a_bag_adds_up():
    assert bag([{"cat": 0.5, "dog": 0.5}, {"cat": 1.0}, {}]) == {"cat": 1.5, "dog": 0.5}


def test_a_term_alone_keeps_its_weight():
    assert idf_of_the_word({"feline": 0.4}, INDEX) == {"feline": 0.4}


def test_terms_of_one_frequency_keep_their_weights():
    assert idf_of_the_word({"cat": 0.7, "dog": 0.3}, INDEX) == pytest.approx({"cat": 0.7, "dog": 0.3})


def test_rare_terms_lose_what_their_idf_would_add():
    import math

    weights = idf_of_the_word({"cat": 0.5, "feline": 0.5}, INDEX)
    assert weights["feline"] < 0.5 < weights["cat"]
    idf = {term: math.log(1001 / (frequency + 0.5)) for term, frequency in INDEX.frequencies.items()}
    # Multiplied by its own idf each term counts as a term of 16 documents, the mean, would.
    assert weights["cat"] * idf["cat"] == pytest.approx(weights["feline"] * idf["feline"])
    assert weights["cat"] * idf["cat"] == pytest.approx(0.5 * math.log(1001 / 16.5))


def test_without_frequencies_weights_stay():
    terms = {"cat": 0.5, "feline": 0.5}
    assert idf_of_the_word(terms, IndexTerms({"cat": 0, "feline": 0})) == terms


def test_terms_in_every_document_do_not_divide_by_nothing():
    weights = idf_of_the_word({"a": 0.5, "b": 0.5}, IndexTerms({"a": 3, "b": 1}, num_docs=3))
    assert all(0 < weight < 10 for weight in weights.values())
