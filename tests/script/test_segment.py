"""Segmenter: known words in text without spaces."""

from pyterrier_optical.script.segment import Segmenter, lexicon_words

COUNTS = {"กิน": 5, "ข้าว": 3, "กินข้าว": 1, "ผัด": 2}


def test_frequent_words_are_preferred():
    assert Segmenter({"กิน": 500, "ข้าว": 500, "กินข้าว": 1})("กินข้าวกิน") == ["กิน", "ข้าว", "กิน"]
    assert Segmenter({"กิน": 1, "ข้าว": 1, "กินข้าว": 500})("กินข้าวกิน") == ["กินข้าว", "กิน"]


def test_what_is_unknown_stays_together():
    assert Segmenter(COUNTS)("กินหมูข้าว") == ["กิน", "หมู", "ข้าว"]
    assert Segmenter({})("กินหมูข้าว") == ["กินหมูข้าว"]
    assert Segmenter(COUNTS)("") == []


def test_nothing_is_lost_of_a_long_run():
    run = "ผัดกินหมูข้าวปลา" * 200
    assert "".join(Segmenter(COUNTS)(run)) == run


def test_a_word_has_25_letters_at_most():
    segmenter = Segmenter({"ก": 1, "ก" * 25: 9, "ข" * 26: 9, "ข": 1})
    assert segmenter("ก" * 25) == ["ก" * 25] and segmenter("ข" * 26) == ["ข"] * 26


def test_it_knows_its_words():
    assert "กิน" in Segmenter(COUNTS) and "หมู" not in Segmenter(COUNTS)
    assert Segmenter(COUNTS) and not Segmenter({})


def test_words_of_a_mixed_text():
    found = list(lexicon_words("กิน ข้าวผัด 2 Plates!", Segmenter({"กิน": 9, "ข้าว": 9, "ผัด": 9})))
    assert found == [("กิน", True), ("ข้าว", True), ("ผัด", True), ("2", False), ("Plates", False)]
