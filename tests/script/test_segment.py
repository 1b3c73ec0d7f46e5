"""Segmenter: known words in text without spaces."""

from pyterrier_optical.lexicon.words.hidden_names import HiddenNames
from pyterrier_optical.lexicon.words.spelling import SpeltTerms
from pyterrier_optical.script.segment import Segmenter, lexicon_words

MANY = {f"word{i}": 50 for i in range(1000)}
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
    text, name = "ในแคนซัสตอนนี้", HiddenNames(SpeltTerms({"kansas": 4} | MANY)).count
    assert Segmenter(counts)(text) == ["ใน", "แคน", "ซัส", "ตอน", "นี้"]
    assert Segmenter(counts, name)(text) == ["ใน", "แคนซัส", "ตอน", "นี้"]
    assert Segmenter({**counts, "แคน": 9000, "ซัส": 9000}, name)(text) == Segmenter(counts)(text), "common words"
    assert "".join(Segmenter({}, name)(text)) == text


def test_a_name_is_found_though_its_syllables_are_known():
    counts = {"เดน": 14, "เว": 20, "อร์": 60, "ชนะ": 500, "ไหม": 9000, "ที่": 200_000}
    name = HiddenNames(SpeltTerms({"denver": 30} | MANY)).count
    assert Segmenter(counts, name)("เดนเวอร์ชนะไหม") == ["เดนเวอร์", "ชนะ", "ไหม"]


def test_common_words_are_no_name_whatever_they_sound_like():
    counts, name = {"โอน": 8, "เงิน": 9, "ไป": 9}, lambda letters: 0.0005 * (letters == "โอนเงิน")
    assert Segmenter(counts, name)("โอนเงินไป") == ["โอน", "เงิน", "ไป"]


def test_a_name_is_not_cut_off_from_its_vowels():
    asked = set()
    Segmenter({"ดี": 9}, lambda letters: asked.add(letters) or 0.0)("แคนซัสแดีแคนซาดี")
    assert {"แคนซัส", "แคนซา"} <= asked
    assert "แคนซัสแ" not in asked, "this vowel is written before its consonant"
    assert "แคนซ" not in asked and "าดีแ" not in asked, "and this one after it"
