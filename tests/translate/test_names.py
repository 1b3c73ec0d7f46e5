"""Names with prefixes and endings."""

import pytest

from pyterrier_optical.translate.names import after_capital, term_within

TERMS = {"john", "northern", "nepal", "nairobi", "ken", "a", "chad", "i", "łódź"}


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("uJohn", "john"),
        ("eNorthern", "northern"),
        ("waseNairobi", "nairobi"),
        ("Nepali", "nepal"),
        ("inairobi", "nairobi"),
        ("Chadi", "chad"),
        ("weŁódź", "łódź"),
        ("uJoe", None),  # not in the index
        ("Kenya", None),  # three letters are too few
        ("johnsonville", None),  # four of twelve letters
        ("JOHNS", "john"),  # all capitals is no prefix, but an ending
        ("iA", None),  # a single letter is no name
        ("", None),
        ("๒๐๒๔", None),
    ],
)
def test_term_within(word, term):
    assert term_within(word, TERMS) == term


def test_the_longest_part_wins():
    assert term_within("grandchildren", {"grandchild", "children"}) == "grandchild"


def test_only_a_capital_inside_the_word_begins_a_name():
    assert after_capital("John", TERMS) is None and after_capital("uJOHN", TERMS) == "john"
    assert after_capital("Nepali", TERMS) is None
