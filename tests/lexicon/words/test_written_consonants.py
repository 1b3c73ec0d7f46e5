"""WrittenConsonants: what a name is written with in another script, rather than what it is spelt with."""

import pytest

from pyterrier_optical.lexicon.transliteration import Transliteration, as_heard
from pyterrier_optical.lexicon.words.transliterated_names import TransliteratedNames
from pyterrier_optical.lexicon.words.written_consonants import WrittenConsonants

VOWELS = dict.fromkeys([("า", "a"), ("ี", "i"), ("โ", "o"), ("e", "e")], 0.1)
LETTERS = VOWELS | {
    ("ว", "v"): 0.09,
    ("บ", "v"): 0.03,
    ("ล", "l"): 0.05,
    ("ล", "ll"): 0.03,
    ("", "s"): 0.01,
    ("ส", "s"): 0.05,
    ("ร", "r"): 0.09,
    ("ง", "ng"): 0.02,
    ("น", "n"): 0.05,
    ("ก", "g"): 0.05,
}


@pytest.fixture(name="written")
def thai() -> WrittenConsonants:
    return WrittenConsonants(Transliteration(LETTERS))


@pytest.mark.parametrize(
    "name, letters",
    [
        ("valova", "บาโลบา"),  # neither v is one
        ("vallova", "วาโลบา"),
        ("loris", "โลรี"),  # the s is silent
        ("loris", "โลรีส"),
        ("sangara", "ซางารา"),
    ],
)
def test_a_name_is_found_by_what_it_is_written_with(written, name, letters):
    assert written.of_letters(as_heard(letters)) in written.of_name(name)


def test_what_is_likelier_comes_first(written):
    assert written.of_name("sira") == ["sr", "r"]
    assert written.of_name("vira")[0] == written.of_letters(as_heard("วีรา"))


def test_twice_the_same_consonant_is_one(written):
    assert written.of_letters(as_heard("ลาลี")) == "l" and written.of_name("lali") == ["l"]


def test_ways_that_are_never_meant_are_left_out():
    rare = WrittenConsonants(Transliteration(LETTERS | {("ม", "r"): 0.0001}))
    assert rare.of_name("sira") == ["sr", "r"]


def test_the_ways_to_write_a_long_name_are_few(written):
    ways = written.of_name("savilovorisavirovilosa")
    assert 1 < len(ways) <= 8


def test_letters_and_names_without_consonants(written):
    assert written.of_letters("") == written.of_letters(as_heard("อา")) == ""
    assert written.of_name("") == [""] and written.of_name("xyz") == []


def test_terms_of_an_index_are_found_by_a_silent_letter():
    index = {"loris": 3, "lorna": 3} | {f"word{i}": 50 for i in range(300)}
    names = TransliteratedNames(index, Transliteration(LETTERS), words=10_000)
    assert names("โลรี") == {"loris": 1.0}
