"""Words of every script, the same for documents and queries."""

import unicodedata

import pytest
import regex

from pyterrier_optical.script import normalise, which_have
from pyterrier_optical.script.tokenise import (
    MAX_WORD_LENGTH,
    fold,
    is_spaceless,
    join_runs,
    runs,
    which_are_spaceless,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Karibu, rafiki!", ["karibu", "rafiki"]),
        ("मीठी चाय पीता हूँ।", ["मीठी", "चाय", "पीता", "हूँ"]),  # vowel signs stay, the danda goes
        ("শ্রীমঙ্গলের চা", ["শ্রীমঙ্গলের", "চা"]),
        ("ቡና ጠጣሁ።", ["ቡና", "ጠጣሁ"]),
        ("شربنا القهوة،", ["شربنا", "القهوة"]),
        ("커피를 마셔요", ["커피를", "마셔요"]),
        ("Ọjà ń kún", ["ọjà", "ń", "kún"]),
        ("ɓera da kura-kurai", ["ɓera", "da", "kura", "kurai"]),
        ("7:45pm, 12.5%", ["7", "45pm", "12", "5"]),
    ],
)
def test_words_of_scripts_with_spaces(text, expected):
    assert words(text) == expected


def test_joiners_stay_inside_words_and_go_at_their_ends():
    assert words("می\u200cخورم") == ["می\u200cخورم"]
    assert words("ক্\u200dষ\u200d ক") == ["ক্\u200dষ", "ক"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ทะเล", ["ท", "ทะ", "ะ", "ะเ", "เ", "เล", "ล"]),
        ("ກິນ", ["ກິ", "ກິນ", "ນ"]),
        ("ទន្លេ", ["ទ", "ទន្លេ", "ន្លេ"]),
        ("歩く", ["歩", "歩く", "く"]),
        ("ラーメ", ["ラ", "ラー", "ー", "ーメ", "メ"]),
        ("茶", ["茶"]),
    ],
)
def test_scripts_without_spaces_become_graphemes_and_their_pairs(text, expected):
    assert words(text) == expected


def test_no_ngram_begins_with_a_mark():
    for text in ("น้ำผึ้งเดือนห้า", "ទឹកឃ្មុំ", "ປ່າໄມ້ໃຫຍ່"):
        assert words(text) and not any(unicodedata.category(word[0]).startswith("M") for word in words(text))


def test_segmented_and_unsegmented_text_are_the_same():
    assert words("น้ำ ผึ้ง\u200bหวาน") == words("น้ำผึ้งหวาน")
    assert words("น้ำผึ้ง, หวาน") != words("น้ำผึ้งหวาน")  # a comma is a boundary


def test_spaces_between_letters_of_spaceless_scripts_go():
    assert join_runs("ฝน ตก ที่ Bangkok วันนี้") == "ฝนตกที่ Bangkok วันนี้"
    assert join_runs("no change here") == "no change here"


def test_every_form_of_a_word_is_one_term():
    assert words("oﬃce ｏｆｆｉｃｅ 𝐨𝐟𝐟𝐢𝐜𝐞") == ["office"] * 3
    assert words("ﻣﺮﺣﺒﺎ") == words("مرحبا")
    assert words("ｶﾞﾗｽ") == words("ガラス")
    assert words("पृष्ठ १२३, หน้า ๑๒๓")[1] == words("หน้า ๑๒๓")[-1] == "123"


def test_mixed_scripts_part_where_the_script_changes():
    assert words("ใน iPhone15 ที่ MBK") == ["ใ", "ใน", "น", "iphone15", "ที่", "mbk"]
    assert words("2024年Tokyo") == ["2024", "年", "tokyo"]


def test_case_form_and_digits_do_not_matter():
    assert words("STRASSE Straße ΣΊΣΥΦΟΣ") == ["strasse", "strasse", "σίσυφοσ"]
    assert words("Cafe\u0301") == words("CAFÉ") == ["café"]
    assert words("साल २०२५") == ["साल", "2025"]
    assert words("سنة ١٩٩٩") == ["سنة", "1999"]


def test_dotted_and_dotless_i():
    assert words("Iğdır İzmir") == ["iğdır", "izmir"]
    assert words("IĞDIR ığdır", lang="tr") == ["ığdır", "ığdır"]
    assert words("IRMAK", lang="tr") == ["ırmak"]
    assert words("IRMAK") == ["irmak"]


def test_ignorable_characters_do_not_part_words():
    assert words("mil\u00adlet \u2066por\u2060ridge\u2069") == ["millet", "porridge"]
    assert words("كتـــاب") == words("كتاب")


@pytest.mark.parametrize("text", ["", "  \n", "?!()", "👩‍👩‍👧 ❤️", "\u0301", "\ud800"])
def test_texts_without_words(text):
    assert words(text) == []


def test_emoji_digits_are_numbers():
    assert words("1️⃣ 2️⃣") == ["1", "2"]


@pytest.mark.parametrize("letter", ["x", "é", "ก", "字"])
def test_no_word_is_longer_than_the_limit(letter):
    text = letter * 5000
    assert max(map(len, words(text))) <= MAX_WORD_LENGTH
    assert set(words(text)) == set(words(text + letter))


def test_marks_without_end_stay_within_the_limit():
    assert max(len(word) for word in words("ก" + "่" * 5000 + "ข" + "่" * 5000)) == MAX_WORD_LENGTH


def test_runs_are_places_in_the_cleaned_text():
    text = normalise("Sawubona,\u00a0แม่น้ำ 12")
    found = [(text[start:end], spaceless) for start, end, spaceless in runs(text)]
    assert found == [("Sawubona", False), ("แม่น้ำ", True), ("12", False)]


def test_folding_twice_changes_nothing():
    for word in ("İSTANBUL", "ẞ", "ΌΣΟΣ", "ﬁn", "ǅ", "१२", *map(chr, range(0x3000))):
        assert fold(fold(word)) == fold(word)


@pytest.mark.parametrize("words", [[], [""], ["", "rice", "ข้าว"], ["rice", "", "กินrice", "𠮷", "東京", "𝐀", "\ud800"]])
def test_many_words_are_judged_as_each_alone(words):
    assert which_are_spaceless(words).tolist() == [is_spaceless(word) for word in words]
    assert which_have(words, regex.compile(r"\s")).tolist() == [False] * len(words)
