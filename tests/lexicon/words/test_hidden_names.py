"""HiddenNames: which letters of a script without spaces are likely a name."""

import math

import pytest

from pyterrier_optical.lexicon.sound import TOLERANCES, phonetic_key
from pyterrier_optical.lexicon.words.hidden_names import HiddenNames
from pyterrier_optical.lexicon.words.spelling import SpeltTerms

INDEX = {"denver": 30, "kansas": 6, "park": 6, "canada": 6, "china": 6} | {f"word{i}": 50 for i in range(1000)}


def names(said=None, **more) -> HiddenNames:
    return HiddenNames(SpeltTerms(INDEX | more), said)


def test_letters_that_spell_a_term():
    assert names()("เดนเวอร์") == {"denver": 1.0}
    assert names().probability("เดนเวอร์") > 0.5
    assert names()("กินข้าว") == {} and names().probability("กินข้าว") == 0
    assert names()("") == names()("ๆ") == {}


def test_short_letters_sound_like_something_by_chance():
    assert SpeltTerms(INDEX)("พรรค") == {"park": 1.0}, "political party"
    assert names()("พรรค") == {} and names().probability("พรรค") == 0
    assert HiddenNames(SpeltTerms({"park": 6, "denver": 6}))("พรรค") == {"park": 1.0}, "of two terms"


def test_the_more_frequent_term_is_likelier():
    weights = names(kansass=600)("แคนซัส")
    assert weights["kansass"] > 0.9 and sum(weights.values()) == pytest.approx(1)


def test_what_has_a_word_of_its_own_is_hardly_written_by_its_sound():
    assert names()("แคนาดา") == {"canada": 1.0}
    assert names(said={"canada": 9.0}).probability("แคนาดา") < names(said={"canada": 1.0}).probability("แคนาดา")
    assert names(said={"canada": 9000.0})("แคนาดา") == {}


def test_a_neighbour_with_the_code_of_the_last_letter_does_not_make_a_name_likelier():
    spelt = names(broncos=60)
    assert 0 < spelt.probability("บรองโกส์ช") <= spelt.probability("บรองโกส์")


def test_nothing_sounds_like_the_terms_of_an_empty_index():
    assert HiddenNames(SpeltTerms({}))("เดนเวอร์") == {}


def test_the_probability_is_that_of_the_regression():
    letters, said = "เดนเวอร์", 3.0
    length = min(len(phonetic_key(letters, tolerance)) for tolerance in range(TOLERANCES))
    unlike = 1 - SpeltTerms(INDEX).similar(letters)["denver"]
    log_odds = 2.0 + length * (1.3 - 2.9 * unlike)
    log_odds += 0.86 * math.log(INDEX["denver"] / sum(INDEX.values())) - 0.5 * math.log(1 + said)
    probability = 1 / (1 + math.exp(-log_odds))
    assert unlike > 0.02 and 0.2 < probability < 0.99, "each of the numbers tells"
    assert names(said={"denver": said}).probability(letters) == pytest.approx(probability)
    assert names(said={"denver": said}).count(letters) == pytest.approx(0.001 * probability)
