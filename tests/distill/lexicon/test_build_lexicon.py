"""Lexicons made from bitext."""

import gzip

import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.distill import DistillConfig, LexiconOptions, build_lexicon, make_lexicon
from pyterrier_optical.translate import Lexicon

PAIRS = [
    ("the cat", "paka"),
    ("the river", "mto"),
    ("a cat", "paka"),
    ("long river", "mto mrefu"),
    ("the long cat", "paka mrefu"),
]


def best(weights: dict[str, float]) -> str:
    return max(weights, key=weights.get)


def test_words_learn_their_translations():
    lexicon = build_lexicon({"sw": PAIRS})
    for word, term in (("paka", "cat"), ("mto", "river"), ("mrefu", "long")):
        translations = lexicon.translations(word, {"sw": 1.0})
        assert best(translations) == term
        assert sum(translations.values()) == pytest.approx(1, abs=0.05)
    assert int(lexicon.languages["sw"].counts[lexicon.languages["sw"].rows["paka"]]) == 3
    assert lexicon.guess(["the", "cat"]) == {"en": 1.0}


def test_few_and_likely_terms_are_kept():
    options = LexiconOptions(max_terms=1)
    table = build_lexicon({"sw": PAIRS}, options).languages["sw"]
    assert len(table.term_ids) == len(table.rows)
    options = LexiconOptions(min_probability=0.9, agreement=False)
    assert build_lexicon({"sw": PAIRS}, options).translations("mrefu", {"sw": 1.0}) == {}


def test_words_without_spaces_are_learnt_from_segmented_text():
    segmented = [("eat rice", "กิน ข้าว"), ("eat", "กิน"), ("rice", "ข้าว"), ("eat fish", "กิน ปลา")]
    plain = [("rice with fish", "ข้าวปลา"), ("eat pork", "กินหมู")]
    lexicon = build_lexicon({"th": segmented + plain}, segmented={"th": segmented})
    assert set(lexicon.spaceless_counts) == {"กิน", "ข้าว", "ปลา"}
    assert lexicon.spaceless_counts["กิน"] == 4
    translations = lexicon.translations("ปลา", {"th": 1.0})
    assert best(translations) == "fish"


def test_without_segmented_text_a_run_is_a_word():
    lexicon = build_lexicon({"th": [("rice", "ข้าว"), ("rice dish", "ข้าวผัด")]})
    assert set(lexicon.languages["th"].rows) == {"ข้าว", "ข้าวผัด"}


def test_a_dictionary_has_words_that_the_bitext_has_not():
    lexicon = build_lexicon({"sw": PAIRS}, dictionaries={"sw": [("lion", "simba")]})
    assert best(lexicon.translations("simba", {"sw": 1.0})) == "lion"
    assert best(lexicon.translations("paka", {"sw": 1.0})) == "cat"
    plain, english = build_lexicon({"sw": PAIRS}).languages["en"], lexicon.languages["en"]
    assert list(english.rows) == list(plain.rows) and "lion" not in english.rows


def test_a_word_that_the_bitext_has_three_times_means_what_it_means_there():
    pairs = [("cat", "paka"), ("a cat", "paka"), ("the cat", "paka"), ("river", "mto"), ("a river", "mto")]
    senses = [("dog", "paka"), ("stream", "mto")]
    lexicon = build_lexicon({"sw": pairs}, dictionaries={"sw": senses})
    paka, mto = (lexicon.translations(word, {"sw": 1.0}) for word in ("paka", "mto"))
    assert "cat" in paka and "dog" not in paka
    assert {"river", "stream"} <= set(mto)


@pytest.mark.parametrize(
    "named, what",
    [
        ({"dictionaries": {"so": [("lion", "libaax")]}}, "a dictionary"),
        ({"word_lists": {"so": ["libaax"]}}, "a word list"),
    ],
)
def test_what_is_known_of_a_language_without_bitext_is_refused(named, what):
    with pytest.raises(OpticalError, match=f"For 'so' there is {what} and no bitext"):
        build_lexicon({"sw": PAIRS}, **named)


def test_nothing_to_learn_from():
    with pytest.raises(OpticalError, match="no pairs"):
        build_lexicon({"sw": []})


def test_a_configuration_makes_a_file(tmp_path):
    folder = tmp_path / "bitext" / "stories"
    folder.mkdir(parents=True)
    with gzip.open(folder / "sw.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{english}\t{translation}\n" for english, translation in PAIRS)
    values = {
        "output": str(tmp_path / "run"),
        "bitext": {"folder": str(tmp_path / "bitext"), "languages": ["sw"]},
        "lexicon": {"max_terms": 2},
        "evaluation": {"heldout_pairs": 0},
    }
    path = make_lexicon(DistillConfig.from_dict(values))
    lexicon = Lexicon.load(path)
    assert path == tmp_path / "run" / "lexicon.safetensors" and lexicon.origin == "stories"
    assert best(lexicon.translations("mto", {"sw": 1.0})) == "river"


def test_what_recurs_between_known_words_is_a_word():
    segmented = [("eat", "กิน"), ("rice", "ข้าว"), ("eat rice", "กิน ข้าว"), ("eat fish", "กิน ปลา")]
    plain = [("eat pork", "กินหมู"), ("pork and rice", "หมูข้าว"), ("fish and pork", "ปลาหมู"), ("eat noodles", "กินบะหมี่")]
    lexicon = build_lexicon({"th": segmented + plain}, segmented={"th": segmented})
    assert best(lexicon.translations("หมู", {"th": 1.0})) == "pork", "three times between known words"
    assert "บะหมี่" not in lexicon.spaceless_counts, "once is a guess"
