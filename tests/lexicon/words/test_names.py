"""Names with prefixes and endings."""

import pytest

from pyterrier_optical.lexicon.table import Lexicon
from pyterrier_optical.lexicon.words.names import after_capital, at_an_end, is_form_of
from pyterrier_optical.translate import OpticalTranslator

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


@pytest.mark.parametrize(
    ("term", "word", "is_form"),
    [
        ("nigerian", "nigeria", True),
        ("canadian", "canada", True),
        ("africans", "africa", True),
        ("victory", "victoria", False),
        ("french", "france", False),
        ("international", "inter", False),
        ("dada", "da", False),
        ("da", "da", True),
    ],
)
def test_forms_of_a_word_differ_in_its_ending(term, word, is_form):
    assert is_form_of(term, word) is is_form


def test_a_translation_that_is_another_form_speaks_for_the_word_where_it_is_english():
    english = {"nigeria": (9, {}), "nigerian": (5, {}), "europe": (90, {}), "europa": (1, {})}
    words = {"nigeria": (3, {"nigerian": 1.0}), "europa": (9, {"europe": 1.0}), "ni": (9, {"is": 1.0})}
    lexicon = Lexicon.from_entries({"sw": words, "en": english})
    translator = OpticalTranslator([*english, "is"], method="lexicon", lexicon=lexicon, lang="sw")
    assert translator.glosses(["nigeria", "europa"]) == ["", "europe"]


def test_a_form_has_at_most_three_letters_more():
    assert is_form_of("canadaxyz", "canada") and not is_form_of("canadawxyz", "canada")
