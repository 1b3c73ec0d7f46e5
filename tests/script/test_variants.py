"""Spellings of one word share a key; the exact form comes first."""

import unicodedata

import pytest

from pyterrier_optical.script import Variants, variant_key


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("oja oba", "ọjà ọba"),  # Yoruba without tones and dots below
        ("nnukwu mmiri", "nnukwu mmiri"),
        ("ubochi oma", "ụbọchị ọma"),  # Igbo
        ("duong pho", "đường phố"),  # Vietnamese
        ("dalibi kasa barawo", "ɗalibi ƙasa ɓarawo"),  # Hausa without hooks
        ("okoo fie", "ɔkɔɔ fie"),  # Twi
        ("istanbul ayse", "istanbul ayşe"),
        ("lodz", "łódź"),
        ("қазақ".replace("қ", "к"), "қазақ"),  # Kazakh on a Russian keyboard
        ("ежик", "ёжик"),
        ("फिल्म जमीन बड़ा", "फ़िल्म ज़मीन बडा"),  # nukta
        ("हिन्दी चान्द कम्पनी", "हिंदी चाँद कंपनी"),  # a nasal, anusvara, candrabindu
        ("বাঙ্গালী চান্দ", "বাংগালী চাঁদ"),
        ("كتب قران", "كُتُبٌ قرآن"),  # Arabic without vowels and hamza
        ("اسلام مدرسه علي", "إسلام مدرسة على"),
        ("كتاب فارسي", "کتاب فارسی"),  # Persian with Arabic letters
        ("میخواهم", "می\u200cخواهم"),
        ("שלום", "שָׁלוֹם"),
        ("αθηνα", "αθήνα"),
        ("h2o km2", "h₂o km²"),
    ],
)
def test_spellings_share_a_key(written, meant):
    assert variant_key(written) == variant_key(meant)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("की", "को"),
        ("कल", "कला"),
        ("ข้าว", "ขาว"),
        ("ガ", "カ"),
        ("जन्म", "जंम"),
        ("ทำ", "ทา"),
        ("ክር", "ካር"),
        ("가", "나"),
    ],
)
def test_vowels_tones_and_voicing_tell_words_apart(left, right):
    assert variant_key(left) != variant_key(right)


def test_the_key_of_a_key_is_itself():
    for char in map(chr, range(0x20000)):
        assert variant_key(variant_key(char)) == variant_key(char)


def test_no_letter_has_an_empty_key():
    letters = [char for char in map(chr, range(0x20000)) if unicodedata.category(char) in ("Ll", "Lo")]
    assert all(map(variant_key, letters))


WORDS = {"ọjà": 3, "òjà": 1, "oja": 2, "ilé": 4, "ile": 1, "odò": 1, "ẹsẹ̀": 1, "ẹ̀ṣẹ̀": 1, "eso": 1}


class TestVariants:
    def test_an_exact_word_comes_alone(self):
        assert [Variants(WORDS)(word) for word in ("oja", "ọjà", "ile")] == [["oja"], ["ọjà"], ["ile"]]

    def test_an_unknown_word_is_all_words_that_share_its_key(self):
        variants = Variants(WORDS)
        assert variants("odo") == ["odò"] and variants("ódò") == ["odò"] and variants("èso") == ["eso"]
        assert variants("ese") == ["ẹsẹ̀", "ẹ̀ṣẹ̀"]
        assert variants("ọ̀ja") == ["oja", "ọjà", "òjà"]

    def test_a_word_without_spellings_is_none(self):
        assert Variants(WORDS)("omi") == Variants({})("omi") == Variants({"a": 1})("b") == []


def test_words_of_every_script_are_found_by_the_key_of_any():
    words = ["ọjà", "ℜ", "km²x", "नदी", "हिन्दी", "covidవ", "é", "ở", "ạ1"]
    variants = Variants(words)
    for word in words:
        key = variant_key(word)
        assert variants(key) == ([word] if key != word else [key]), key
