"""Prior counts of WordTranslator: where each of them begins to decide."""

import pytest

from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.lexicon.words.word_terms import WordTranslator
from pyterrier_optical.translate import Lexicon


def translated(word: str, entries: dict, terms: list[str], english: dict | None = None) -> dict[str, float]:
    index = IndexTerms(dict.fromkeys(terms, 1), num_docs=100)
    lexicon = Lexicon.from_entries({"zu": entries, "en": english or {}})
    return dict(WordTranslator(index, index.translating(1.0), None, lexicon, lang="zu").translate([word])[0])[word]


@pytest.mark.parametrize(("seen", "terms"), [(4, {"america": 1 / 2, "work": 1 / 2}), (5, {"work": 1.0})])
def test_a_name_that_was_seen_less_than_five_times_is_judged_by_its_spelling_with_a_count_of_four(seen, terms):
    assert translated("Amerika", {"amerika": (seen, {"work": 1.0})}, ["america", "work"]) == pytest.approx(terms)


def test_an_unseen_word_is_judged_by_its_spelling_with_a_count_of_three_tenths_and_by_a_neighbour_with_two():
    entries = {"amerikana": (9, {"work": 1.0})}
    ((_, similarity),) = Lexicon.from_entries({"zu": entries}).relatives("amerika", {"zu": 1.0})
    weights = {"america": 0.3, "work": 2 * similarity**3}
    shares = {term: weight / sum(weights.values()) for term, weight in weights.items()}
    assert translated("amerika", entries, ["america", "work"]) == pytest.approx(shares)


@pytest.mark.parametrize(
    ("word", "seen", "passes"),
    [("Mali", 20, True), ("Mali", 21, False), ("mali", 1, True), ("mali", 2, False)],
    ids=["name", "name with another meaning", "word", "word with another meaning"],
)
def test_a_term_of_the_index_passes_up_to_a_count_of_twenty_for_a_name_and_one_for_a_word(word, seen, passes):
    terms = translated(word, {"mali": (seen, {"money": 1.0})}, ["mali", "money"])
    assert terms == ({"mali": 1.0} if passes else {"money": 1.0})


@pytest.mark.parametrize(("count", "term"), [(30, "europa"), (29, "europe")])
def test_a_translation_is_a_form_of_the_word_if_english_has_the_word_three_tenths_as_often(count, term):
    english = {"europa": (count, {}), "europe": (100, {})}
    assert translated("europa", {"europa": (50, {"europe": 1.0})}, ["europa", "europe"], english) == {term: 1.0}
