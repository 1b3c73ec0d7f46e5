"""Names with prefixes and endings."""

import pytest

from pyterrier_optical.lexicon.words.names import after_capital, at_an_end

TERMS = {"john", "northern", "nepal", "nairobi", "ken", "a", "chad", "i", "łódź", "ɓauchi", "ộyo"}


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("uJohn", "john"),
        ("eNorthern", "northern"),
        ("waseNairobi", "nairobi"),
        ("weŁódź", "łódź"),
        ("naƁauchi", "ɓauchi"),
        ("uJOHN", "john"),
        ("John", None),  # no prefix
        ("JOHN", None),
        ("uJoe", None),  # not in the index
        ("iA", None),  # a single letter is no name
        ("3×Chad", None),  # a sign is no letter
        ("", None),
    ],
)
def test_a_name_after_its_prefix(word, term):
    assert after_capital(word, TERMS) == term


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("Nepali", "nepal"),
        ("inairobi", "nairobi"),
        ("Chadi", "chad"),
        ("JOHNS", "john"),
        ("Kenya", None),  # three letters are too few
        ("johnsonville", None),  # four of twelve letters
        ("john", None),  # the term itself is no part
        ("", None),
        ("๒๐๒๔", None),
    ],
)
def test_a_name_before_its_ending(word, term):
    assert at_an_end(word, TERMS) == term


def test_the_longest_part_wins():
    assert at_an_end("grandchildren", {"grandchild", "children"}) == "grandchild"
