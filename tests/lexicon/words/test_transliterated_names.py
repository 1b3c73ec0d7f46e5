"""TransliteratedNames: which letters of a script are a name, by how the script writes names."""

import math

import pytest

from pyterrier_optical.lexicon.transliteration import Transliteration
from pyterrier_optical.lexicon.words import transliterated_names
from pyterrier_optical.lexicon.words.hidden_names import HiddenNames
from pyterrier_optical.lexicon.words.names_by_script import NamesByScript
from pyterrier_optical.lexicon.words.spelling import SpeltTerms
from pyterrier_optical.lexicon.words.transliterated_names import TransliteratedNames
from pyterrier_optical.script.segment import Segmenter

LETTERS = {
    **dict.fromkeys([("ด", "d"), ("น", "n"), ("ว", "v"), ("e", "e"), ("ร์", "r"), ("ท", "t")], 0.1),
    **dict.fromkeys([("เน", "en"), ("กซ", "x"), ("แ", "a"), ("ก", "c"), ("ซ", "s"), ("ี", "i")], 0.05),
    ("ค", "c"): 0.2,  # and so c is seldom written as in taxi
}
INDEX = {"denver": 30, "taxi": 2, "tacsi": 2, "driver": 40} | {f"word{i}": 50 for i in range(300)}


def names(said=None, words=100_000, **more) -> TransliteratedNames:
    return TransliteratedNames(INDEX | more, Transliteration(LETTERS), said, words=words)


def test_letters_that_are_written_for_a_term():
    assert names()("เดนเวอร์") == {"denver": 1.0}
    assert names()("นทดว") == {} and names().count("นทดว") == 0
    assert names()("") == {} and names().count("") == 0


def test_the_likelier_writing_and_the_more_frequent_term():
    weights = names()("แทกซี")
    assert weights["taxi"] > weights["tacsi"] > 0 and sum(weights.values()) == pytest.approx(1)
    assert names(tacsi=2000)("แทกซี")["tacsi"] > weights["tacsi"]


def test_a_name_counts_as_what_the_bitext_would_have():
    assert names(words=200_000).count("เดนเวอร์") == pytest.approx(2 * names().count("เดนเวอร์"))
    assert names(denver=3).count("เดนเวอร์") < names().count("เดนเวอร์")


def test_what_has_a_word_of_its_own_is_hardly_written_by_its_sound():
    assert names(said={"denver": 99.0}).count("เดนเวอร์") == pytest.approx(names().count("เดนเวอร์") / 10)


def test_names_less_likely_than_is_asked_need_no_count():
    count = names().count("เดนเวอร์")
    log_probability = math.log(count / 100_000)
    assert names().count("เดนเวอร์", log_probability - 0.01) == pytest.approx(count)
    assert names().count("เดนเวอร์", log_probability + 0.01) == 0
    assert names().count("เดนเวอร์", 0.0) == 0, "no term is that frequent"


def test_of_many_terms_with_the_same_consonants_the_most_frequent_are_asked_about(monkeypatch):
    assert set(names(tacsi=9)("แทกซี")) == {"taxi", "tacsi"}
    monkeypatch.setattr(transliterated_names, "_MOST_TERMS", 1)
    assert names(tacsi=9)("แทกซี") == {"tacsi": 1.0}
    assert names(tacsi=1)("แทกซี") == {"taxi": 1.0}


def test_words_too_short_or_long_to_be_told_from_others_are_no_names():
    assert names(den=500)("เดน") == {} and names(denv=500)("เดนว") == {"denv": 1.0}
    assert names(**{"denver" * 5: 500})("เดนเวอร์" * 5) == {}


def test_other_scripts_are_left_to_the_ear():
    spelt = SpeltTerms(INDEX)
    both = NamesByScript([names()], HiddenNames(spelt))
    assert both.count("เดนเวอร์") == names().count("เดนเวอร์") and both("เดนเวอร์") == {"denver": 1.0}
    assert both("ເດນເວີ") == HiddenNames(spelt)("ເດນເວີ")
    assert both.count("ເດນເວີ") == HiddenNames(spelt).count("ເດນເວີ")
    with_unknown_letter = "เดนเวอร์ห์"
    assert HiddenNames(spelt).count(with_unknown_letter) > 1e-6 > both.count(with_unknown_letter)


def test_a_name_is_cut_out_of_its_text():
    counts = {"ที่": 20_000, "ใน": 20_000, "เดน": 14, "เว": 20, "อร์": 60, "ชนะ": 500}
    assert Segmenter(counts)("ในเดนเวอร์ชนะ") == ["ใน", "เดน", "เว", "อร์", "ชนะ"]
    assert Segmenter(counts, names(words=sum(counts.values())).count)("ในเดนเวอร์ชนะ") == ["ใน", "เดนเวอร์", "ชนะ"]


def test_an_empty_index_has_no_names():
    assert TransliteratedNames({}, Transliteration(LETTERS), words=10)("เดนเวอร์") == {}
