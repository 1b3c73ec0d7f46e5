"""One form for each character that has several: over all of Unicode, not over examples."""

import sys
import unicodedata

import pytest
import regex

from pyterrier_optical.script import normalise
from pyterrier_optical.script.table import char_class

CHARS = [chr(code) for code in range(sys.maxunicode + 1) if chr(code) != "\n"]
# Superscripts and fractions say something else.
SAME_MEANING = {"compat", "font", "noBreak", "initial", "medial", "final", "isolated", "circle", "sub", "vertical"}
SAME_MEANING |= {"wide", "narrow", "small", "square"}


def each(chars: list[str]) -> dict[str, str]:
    """The normal form of each character on its own."""
    return dict(zip(chars, normalise("\n".join(chars)).split("\n"), strict=True))


@pytest.fixture(scope="module")
def forms() -> dict[str, str]:
    return each(CHARS)


@pytest.mark.slow
def test_normalising_twice_changes_nothing(forms):
    once = "\n".join(forms.values())
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.slow
def test_ascii_stays(forms):
    assert all(forms[char] == char for char in CHARS[:127])


@pytest.mark.slow
def test_the_decimal_digits_of_every_script_are_those_of_ascii(forms):
    digits = [char for char in CHARS if unicodedata.category(char) == "Nd"]
    assert len(digits) >= 650
    assert all(forms[digit] == str(unicodedata.decimal(digit)) for digit in digits)


def test_other_numerals_stay():
    for numerals in ("፩፪፲፻፼", "௰௱௲", "一二三十百", "10² 2¹⁰ ½ ⅓"):
        assert normalise(numerals) == numerals


@pytest.mark.slow
def test_compatibility_forms_become_what_they_mean(forms):
    """Each is what NFKC makes of it, up to what the other rules do to that."""
    tags = {char: tag for char in CHARS if (tag := _tag(char)) in SAME_MEANING}
    assert len(tags) > 3000
    others = {char for char in tags if forms[char] != normalise(unicodedata.normalize("NFKC", char))}
    apart = {char for char in others if _falls_apart(char)}
    marks = {char for char in others if tags[char] in ("isolated", "medial") and _is_a_mark(char)}
    powers = {char for char in others if tags[char] == "square" and not set("²³").isdisjoint(forms[char])}
    wide = {char for char in others if forms[char] in apart}
    assert others == apart | marks | powers | wide
    assert all(forms[char] == char for char in apart - wide)
    assert all(unicodedata.category(part) == "Mn" for char in marks for part in forms[char])
    assert forms["ำ"] == "ำ" and forms["㎡"] == "m²"


def _tag(char: str) -> str:
    return unicodedata.decomposition(char).partition(">")[0].removeprefix("<")


def _falls_apart(char: str) -> bool:
    """Whether a form has a mark and something else: Thai am, and accents beside nothing."""
    kinds = {unicodedata.category(part)[0] for part in unicodedata.normalize("NFKC", char)}
    return "M" in kinds and len(kinds) > 1 and _tag(char) == "compat"


def _is_a_mark(char: str) -> bool:
    return {unicodedata.category(part) for part in unicodedata.normalize("NFKC", char)} <= {"Zs", "Lm", "Mn"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("oﬃce", "office"),
        ("ＢＭ２５", "BM25"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
        ("ﾊﾟﾝ", "パン"),
        ("a\u00a0b\u202fc", "a b c"),
        ("co\u00adop \ufeffx\u200by \u202bz\u202c", "coop xy z"),
        ("كتـــاب", "كتاب"),
        ("‘a’ “b” „c“ dʼe", '\'a\' "b" "c" d\'e'),
        ("1990–1994, −5, co‐op", "1990-1994, -5, co-op"),
        ("e\u0301", "é"),
        ("a\ud800b", "ab"),
        ("1️⃣", "1"),
    ],
)
def test_what_people_write(written, meant):
    assert normalise(written) == meant


@pytest.mark.slow
def test_what_unicode_calls_ignorable_goes_but_for_the_joiners(forms):
    ignorable = set(regex.findall(r"\p{Default_Ignorable_Code_Point}", "".join(CHARS)))
    left = {char for char in ignorable if forms[char] and unicodedata.category(char) != "Cn"}
    assert not left  # a joiner between nothing goes too


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_stay_where_they_matter(joiner):
    for left, right in (("می", "خواهم"), ("क्", "ष"), ("ক্", "ষ"), ("ന്", "മ"), ("र", "्य")):
        assert normalise(left + joiner + right) == left + joiner + right
        assert normalise(left + 2 * joiner + right) == left + joiner + right
        assert normalise(f"{left}{joiner} {right}") == f"{left} {right}"
    for left, right in (("a", "b"), ("👩", "👧"), ("я", "б"), ("字", "字")):
        assert normalise(left + joiner + right) == left + right


def test_angles_and_dashes_that_are_no_hyphens_stay():
    assert normalise("«a» ‹b› — c") == "«a» ‹b› — c"


def test_a_class_of_scripts():
    assert char_class(("Thai", "Lao")) == r"\p{Thai}\p{Lao}"
