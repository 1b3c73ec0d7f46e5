"""Segmenter: known words in text without spaces."""

from pyterrier_optical.translate.segment import Segmenter, lexicon_words
from pyterrier_optical.translate.spelling import SpeltTerms

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


def test_it_knows_its_words():
    assert "กิน" in Segmenter(COUNTS) and "หมู" not in Segmenter(COUNTS)
    assert Segmenter(COUNTS) and not Segmenter({})


def test_words_of_a_mixed_text():
    found = list(lexicon_words("กิน ข้าวผัด 2 Plates!", Segmenter({"กิน": 9, "ข้าว": 9, "ผัด": 9})))
    assert found == [("กิน", True), ("ข้าว", True), ("ผัด", True), ("2", False), ("Plates", False)]


def test_a_name_is_found_among_the_short_words_that_it_could_be_cut_into():
    counts = {"ใน": 400_000, "แคน": 9, "ซัส": 1, "ตอน": 50_000, "นี้": 80_000}
    text, likeness = "ในแคนซัสตอนนี้", SpeltTerms({"kansas": 4}).likeness
    assert Segmenter(counts)(text) == ["ใน", "แคน", "ซัส", "ตอน", "นี้"]
    assert Segmenter(counts, likeness)(text) == ["ใน", "แคนซัส", "ตอน", "นี้"]
    assert Segmenter({**counts, "แคน": 9000, "ซัส": 9000}, likeness)(text) == Segmenter(counts)(text), "common words"
    assert "".join(Segmenter({}, likeness)(text)) == text


def test_common_words_are_no_name_whatever_they_sound_like():
    counts, likeness = {"โอน": 8, "เงิน": 9, "ไป": 9}, SpeltTerms({"oncogen": 1}).likeness
    assert likeness("โอนเงิน") > 0
    assert Segmenter(counts, likeness)("โอนเงินไป") == ["โอน", "เงิน", "ไป"]
