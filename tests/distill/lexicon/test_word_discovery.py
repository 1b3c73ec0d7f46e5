"""Words are learnt from text without spaces."""

import pytest

from pyterrier_optical.distill.lexicon.word_discovery import learn_segmenter

TEXTS = ["กินข้าว", "กินปลา", "ข้าวปลา", "ปลาหมู", "กินหมู", "หมูข้าว"]
SPACED = ["กิน ข้าว"]


def test_words_that_no_text_has_spaces_around_are_found():
    segment = learn_segmenter(TEXTS, SPACED, pieces=15)
    assert segment("หมูปลา") == ["หมู", "ปลา"], "a sequence that no text has"


def test_words_between_spaces_stay_words():
    segment = learn_segmenter([*TEXTS, *SPACED], SPACED, pieces=15)
    assert "กิน" in segment and "ข้าว" in segment


def test_a_word_that_the_texts_never_need_is_none():
    assert "หมูปลา" not in learn_segmenter(TEXTS, [*SPACED, "หมูปลา กิน"], pieces=15)


def test_words_that_are_known_beforehand_are_words_if_the_texts_have_them():
    segment = learn_segmenter(TEXTS, SPACED, pieces=1, words=["หมู", "ช้าง"])
    assert segment("หมูกิน") == ["หมู", "กิน"] and "ช้าง" not in segment
    assert learn_segmenter(TEXTS, [], pieces=1, words=["หมู"])("หมูกิน") == ["หมู", "กิน"], "without spaces anywhere"


@pytest.mark.parametrize("texts", [[], ["water"], ["ก"]])
def test_texts_without_anything_to_learn(texts):
    assert learn_segmenter(texts, [], pieces=15)("กินข้าว") == ["กินข้าว"]
    assert learn_segmenter(texts, SPACED, pieces=15)("กินข้าว") == ["กินข้าว"]


def test_fewer_pieces_than_there_are_letters():
    assert learn_segmenter(TEXTS, SPACED, pieces=1)("กินข้าว") == ["กิน", "ข้าว"]


def test_without_spaces_anywhere_nothing_is_cut():
    assert not learn_segmenter(TEXTS, TEXTS, pieces=15)
