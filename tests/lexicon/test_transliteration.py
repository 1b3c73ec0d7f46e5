"""Transliteration: how likely letters are written for a name, and how that is learnt."""

import itertools
import math

import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.distill.lexicon.transliteration import learn_transliteration
from pyterrier_optical.lexicon.transliteration import Transliteration, as_heard

# Letters of both sides are one to one, but for x, c before i, and a silent letter at the end.
PAIRS = [
    *[("tom", "ตอม"), ("moto", "มอตอ"), ("tomo", "ตอมอ"), ("kit", "คิต"), ("tik", "ติค"), ("mik", "มิค"), ("kot", "คอต")],
    *[("cit", "ซิต"), ("cim", "ซิม"), ("moxo", "มอคซอ"), ("toxi", "ตอคซิ"), ("mite", "มิต"), ("kote", "คอต")],
]


@pytest.fixture(scope="module")
def learnt() -> Transliteration:
    return learn_transliteration(PAIRS)


def test_vowels_stand_where_they_are_heard_and_tones_go():
    assert as_heard("เดนเวอร์") == "ดเนวeร์"
    assert as_heard("โน้ต") == as_heard("โนต") == "นโต"


@pytest.mark.parametrize(
    "letters, name, other",
    [("มอคซิ", "moxi", "moki"), ("ซิค", "cik", "kik"), ("คิม", "kim", "cim"), ("ติมอ", "timo", "tomi")],
)
def test_names_that_no_pair_has_are_told_apart(learnt, letters, name, other):
    letters = as_heard(letters)
    assert learnt.log_probability(letters, name) > learnt.log_probability(letters, other) + 0.2


def test_silent_letters_are_learnt(learnt):
    letters = as_heard("ติค")
    assert learnt.log_probability(letters, "tike") > learnt.log_probability(letters, "tikm") + 1


def test_probabilities_of_all_ways_to_write_a_name_add_up_to_one():
    model = Transliteration({("ก", "k"): 0.25, ("ค", "k"): 0.25, ("า", "a"): 0.2, ("กา", "ka"): 0.1})
    writings = ["".join(letters) for n in range(5) for letters in itertools.product("กคา", repeat=n)]
    total = sum(math.exp(model.log_probability(letters, "ka")) for letters in writings)
    assert total == pytest.approx(1, abs=1e-4)


def test_of_many_names_those_that_are_likely_enough_are_worked_out(learnt):
    letters = as_heard("มอตอ")
    likely = learnt.log_probability(letters, "moto")
    assert learnt.log_probability(letters, "kikix") < likely - 20
    asked = {"moto": likely - 9, "kikix": likely - 9, "tomo": -700.0}
    assert learnt.log_probabilities(letters, asked) == pytest.approx(
        {"moto": likely, "tomo": learnt.log_probability(letters, "tomo")}, abs=0.01
    )


def test_long_texts_are_no_names(learnt):
    asked = {"q" * 64: -1e6, "moto" * 30: -1e6}
    assert learnt.log_probabilities(as_heard("มอตอ" * 100), asked) == {}
    assert learnt.log_probabilities("", asked) == {} and learnt.log_probabilities("ม", {}) == {}


def test_which_letters_it_writes(learnt):
    assert learnt.writes(as_heard("มอตอ")) and not learnt.writes("ខ")


def test_pairs_that_teach_nothing_are_passed_over():
    useless = [("two words", "สองคำ"), ("Zürich", "ซูริก"), ("moscow", "Москва"), ("km2", "กม"), ("moto", "มอ ตอ")]
    with pytest.raises(OpticalError, match="No transliteration is left to learn from"):
        learn_transliteration(useless)
    assert learn_transliteration(PAIRS + useless).groups == learn_transliteration(PAIRS).groups


def test_groups_are_few_and_a_share_is_left_for_the_end(learnt):
    assert 0.6 < sum(learnt.groups.values()) < 0.9
    assert len(learnt.groups) < 60
    assert ("คซ", "x") in learnt.groups
