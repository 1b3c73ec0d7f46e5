"""The character map, as the tokenizers library applies it."""

import random
import unicodedata

import pytest
from tokenizers.normalizers import Precompiled

from pyterrier_optical.weights.charsmap import charsmap, with_compositions

RULES = {"ﬁ": "fi", "Ａ": "A", "\t": " ", "\u200b": "", "㌔": "キロ", "e\u0301": "é", "𝒜": "A", "ß": "ss", "a": "b"}


def test_each_rule_is_applied_and_nothing_else_changes():
    normaliser = Precompiled(charsmap(RULES))
    for old, new in RULES.items():
        assert normaliser.normalize_str(f"x{old}y") == f"x{new}y"
    assert normaliser.normalize_str("plain नमस्ते 東京 ก็") == "plbin नमस्ते 東京 ก็"


def test_hundreds_of_rules_share_one_trie():
    rng = random.Random(3)
    letters = [chr(code) for code in rng.sample(range(0x100, 0x1F000), 500) if not 0xD800 <= code < 0xE000]
    rules = {letter: rng.choice(["", "x", "yz", "क"]) for letter in letters}
    normaliser = Precompiled(charsmap(rules))
    assert [normaliser.normalize_str(letter) for letter in rules] == list(rules.values())
    others = [chr(code) for code in range(0x21, 0x3000, 7) if chr(code) not in rules]
    assert [normaliser.normalize_str(letter) for letter in others] == others


def test_no_rules_change_nothing():
    assert Precompiled(charsmap({})).normalize_str("ﬁve") == "ﬁve"


def test_parts_of_a_letter_become_the_letter():
    rules = with_compositions({"ﬁ": "fi"})
    assert rules["ﬁ"] == "fi" and rules["e\u0301"] == "é" and rules["e\u0323\u0302"] == "ệ"
    # Letters that Unicode never composes stay in their parts.
    assert "\u0915\u093c" not in rules
    normaliser = Precompiled(charsmap(rules))
    assert normaliser.normalize_str(unicodedata.normalize("NFD", "été à côté")) == "été à côté"


@pytest.mark.parametrize("text", ["\u0648\u0651\u064e", "\u1000\u103a\u1037"])
def test_the_order_of_marks_is_kept(text):
    assert unicodedata.normalize("NFKC", text) != text
    assert Precompiled(charsmap(with_compositions({}))).normalize_str(text) == text


def test_a_rule_of_the_model_goes_before_a_composition():
    assert with_compositions({"e\u0301": "e"})["e\u0301"] == "e"
