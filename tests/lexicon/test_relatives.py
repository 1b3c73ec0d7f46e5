"""Words that share a stem with a word."""

import pytest

from pyterrier_optical.lexicon.relatives import Relatives

ZULU = ["eningizimu", "ningizimu", "umfula", "imifula", "ubudlelwano", "abantu", "a"]


def test_words_with_the_same_stem_are_relatives_the_nearest_first():
    assert [word for word, _ in Relatives(ZULU)("aseningizimu")] == ["eningizimu", "ningizimu"]
    assert [word for word, _ in Relatives(ZULU)("emfula")] == ["umfula"]


def test_similarity_is_between_the_bound_and_one():
    values = [value for _, value in Relatives(ZULU)("emfula")]
    assert values == sorted(values, reverse=True)
    assert all(0.4 <= value <= 1 for value in values)


def test_a_word_is_no_relative_of_itself():
    assert "umfula" not in dict(Relatives(ZULU)("umfula"))


def test_an_ending_that_many_words_have_makes_no_relatives():
    many = ["balile", "dumile", "fikile", "hambile", "khulumile", "lalile", "sebenzile", "thengile"]
    assert dict(Relatives(["balile", "umfula"])("vuxile")).keys() == {"balile"}, "nothing says that it is common"
    assert Relatives([*many, "umfula"])("vuxile") == []


@pytest.mark.parametrize("word", ["", "ab", "zzzzzz"])
def test_a_short_or_foreign_word_has_none(word):
    assert Relatives(ZULU)(word) == []


@pytest.mark.parametrize("words", [[], ["a", "of"]])
def test_a_list_without_long_words_has_none(words):
    assert Relatives(words)("umfula") == []


def test_at_most_ten_in_a_fixed_order():
    words = [f"ningizimu{ending}" for ending in "abcdefghijklmno"]
    found = Relatives(words)("ningizimu")
    assert len(found) == 10
    assert found == Relatives(words[::-1])("ningizimu")
