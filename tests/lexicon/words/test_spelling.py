"""Terms that are spelt like a word."""

import math

import pytest

from pyterrier_optical.lexicon.words.spelling import SpeltTerms

TERMS = dict.fromkeys(
    [
        *("bosnia", "vanuatu", "slovakia", "slovenia", "cameroon", "guinea", "genocide", "general", "celsius", "chad"),
        *(
            "nepal",
            "venezuela",
            "nile",
            "bhutan",
            "broncos",
            "denver",
            "america",
            "nigeria",
            "basin",
            "moon",
            "1987",
            "herzegovina",
        ),
    ],
    1,
)


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("Bosiniya", "bosnia"),  # vowels between consonants and after the last
        ("Siloveniya", "slovenia"),
        ("Silovakiya", "slovakia"),
        ("Herizegovina", "herzegovina"),
        ("Vanuwatu", "vanuatu"),  # a glide
        ("Kameruni", "cameroon"),
        ("jenoside", "genocide"),
        ("Jenerali", "general"),
        ("Naịjirịa", "nigeria"),  # dots below
        ("Amerika", "america"),
        ("Butani", "bhutan"),
        ("ब्रोंकोस", "broncos"),  # another script
        ("डेनवर", "denver"),
        ("অ্যামেরিকা", "america"),
    ],
)
def test_a_name_in_another_spelling(word, term):
    assert SpeltTerms(TERMS)(word) == {term: 1.0}


@pytest.mark.parametrize(
    "word",
    [
        "Burundi",  # other consonants
        "basiniyawe",  # the consonants of 'basin' and 'bosnia', but too many other letters
        "1987",
        "१९८७",
        "nil",  # too short
        "aeiou",  # no consonants
        "",
        "!?",
    ],
)
def test_nothing_is_spelt_like_it(word):
    assert SpeltTerms(TERMS)(word) == {}


def test_two_consonants_must_agree_in_more_of_their_other_letters():
    assert SpeltTerms({"kenya": 1})("Kenia") == {}, "four letters of five are not enough"
    assert SpeltTerms({"cameroon": 1})("Kameruni") == {"cameroon": 1.0}
    assert SpeltTerms({"chad": 1})("Chadi") == {"chad": 1.0}


def test_frequent_terms_are_likelier_and_weights_add_up():
    rare, frequent = SpeltTerms({"somalia": 1, "somaliya": 1}), SpeltTerms({"somalia": 60, "somaliya": 1})
    assert rare("Somaaliya")["somaliya"] > rare("Somaaliya")["somalia"]
    assert frequent("Somaaliya")["somalia"] > frequent("Somaaliya")["somaliya"]
    assert sum(frequent("Somaaliya").values()) == pytest.approx(1)


def test_unlikely_spellings_are_left_out():
    assert SpeltTerms({"serbia": 10, "serbian": 10})("Seribiya") == {"serbia": 1.0}, "another consonant"
    assert set(SpeltTerms({"somalia": 10, "somaliya": 10})("Somaliya")) == {"somalia", "somaliya"}
    assert SpeltTerms({"somalia": 1, "somaliya": 1000})("Somaliya") == {"somaliya": 1.0}, "a share below .02"


def test_very_many_spellings_share_the_weight():
    vowels = "aeiou"
    many = [f"b{a}d{b}g{c}lkrfsn" for a in vowels for b in vowels for c in vowels]
    found = SpeltTerms(dict.fromkeys(many, 0))("Bydygylkrfsn")
    assert len(found) == len(many) and sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("வெனிசுலா", "venezuela"),
        ("نیپال", "nepal"),
    ],
)
def test_scripts_that_leave_vowels_out_are_compared_with_tolerance(word, term):
    assert SpeltTerms(TERMS)(word) == {term: 1.0}


def test_tolerance_is_not_for_latin_letters():
    assert SpeltTerms({"denver": 1})("Tenfer") == SpeltTerms({"bali": 1})("Pali") == {}
    assert SpeltTerms({"bandung": 1})("pantung") == {}


def test_likeness_is_that_of_the_spelling():
    spelt = SpeltTerms(TERMS)
    assert spelt.similar("Bosnia") == {"bosnia": 1.0} and 1 > spelt.similar("Bosiniya")["bosnia"] > 0.7
    assert spelt.similar("Burundi") == {}
    similar = SpeltTerms({"kansas": 1, "kanses": 1}).similar("कंसास")
    assert similar["kansas"] > similar["kanses"] > 0.7


def test_a_word_of_two_consonants_in_a_script_that_needs_tolerance_has_nine_tenths_of_its_letters_in_the_term():
    assert SpeltTerms({"mali": 1})("माली") == {"mali": 1.0}
    assert SpeltTerms({"mali": 1})("मोली") == {}, "three letters of four"


def test_what_only_a_higher_tolerance_finds_is_less_alike():
    assert SpeltTerms({"berlin": 1}).similar("பெர்லின்") == {"berlin": 0.95}, "Tamil writes b and p alike"
    assert SpeltTerms({"denver": 1}).similar("டென்வர்")["denver"] <= 0.95


def test_weights_fall_with_unlikeness_and_grow_with_frequency():
    spelt = SpeltTerms({"somalia": 1, "somaliya": 8})
    likeness = spelt.similar("Somaaliya")
    weight = math.exp(20 * (likeness["somalia"] - likeness["somaliya"]))
    share = weight / (weight + 8)
    assert 0.03 < share < 0.04, "above the least share of .02"
    assert spelt("Somaaliya") == pytest.approx({"somalia": share, "somaliya": 1 - share})
