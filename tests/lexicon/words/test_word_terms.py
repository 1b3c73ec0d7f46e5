"""WordTranslator: how the two ways of translating a word share its weight."""

from collections import Counter

import pytest

from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.lexicon.words.word_terms import WordTranslator
from pyterrier_optical.script.tokenise import words
from pyterrier_optical.translate import Lexicon
from pyterrier_optical.translate.nearest_words import NearWord

INDEX = IndexTerms({"cat": 3, "kitten": 1, "river": 2, "the": 90, "john": 1, "rice": 1}, num_docs=100)
LEXICON = Lexicon.from_entries(
    {
        "sw": {"paka": (9, {"cat": 0.5, "the": 0.3, "kitten": 0.2}), "mto": (9, {"stream": 1.0}), "kenya": (1, {})},
        "th": {"ข้าว": (9, {"rice": 1.0})},
    }
)
NEAR = {"paka": {"kitten": 1.0}, "mto": {"river": 1.0}, "ข้": {"river": 1.0}, "าว": {}}


def translator(*, near=True, lexicon=LEXICON, **options) -> WordTranslator:
    def nearest(texts):
        pieces = {"ข้าว": ["ข้", "าว"]}
        cut = [[piece for word in text.split() for piece in pieces.get(word, [word])] for text in texts]
        return [[NearWord(word, not word.isascii(), NEAR.get(word, {})) for word in words] for words in cut]

    return WordTranslator(INDEX, INDEX.translating(0.2), nearest if near else None, lexicon, **options)


def test_both_ways_share_a_word():
    ((word, terms),) = translator(lexicon_share=0.75).translate(["paka"])[0]
    # Of the lexicon's terms 'the' is too frequent to tell anything, and takes its share of the weight along.
    assert word == "paka"
    assert terms == pytest.approx({"cat": 0.75 * 0.5, "kitten": 0.75 * 0.2 + 0.25 * 0.7}, abs=0.01)


def test_a_word_that_one_way_cannot_translate_is_left_to_the_other():
    assert translator().translate(["mto"])[0] == [("mto", {"river": 1.0})]  # 'stream' is no term of the index
    assert sum(dict(translator(near=False).translate(["paka"])[0])["paka"].values()) == pytest.approx(0.7, abs=0.01)
    assert translator(lexicon=None).translate(["paka"])[0] == [("paka", {"kitten": 1.0})]


def test_terms_of_the_index_and_names_are_not_translated():
    plan = translator(lang="sw").translate(["uJohn John river xyz"])[0]
    assert plan == [("uJohn", {"john": 1.0}), ("John", {"john": 1.0}), ("river", {"river": 1.0}), ("xyz", {})]


def test_a_word_of_the_lexicon_is_no_inflected_name():
    index = IndexTerms({"paki": 1, "cat": 1}, num_docs=100)
    lexicon = Lexicon.from_entries({"sw": {"pakis": (1, {"cat": 1.0})}})
    words = WordTranslator(index, index.translating(1.0), None, lexicon)
    assert words.translate(["pakis pakia"])[0] == [("pakis", {"cat": 1.0}), ("pakia", {"paki": 1.0})]


def test_without_spaces_pieces_and_words_have_half_the_weight_each():
    assert translator().translate(["ข้าว"])[0] == [("ข้", {"river": 0.5}), ("าว", {}), ("ข้าว", {"rice": 0.5})]
    assert translator(near=False).translate(["ข้าว"])[0] == [("ข้าว", {"rice": 1.0})]
    assert translator(lexicon=None).translate(["ข้าว"])[0] == [("ข้", {"river": 1.0}), ("าว", {})]


def test_a_word_in_the_index_passes_through_whatever_the_way():
    thai = IndexTerms({"ก": 1, "กิ": 1, "กิน": 2, "น": 3, "cat": 1}, num_docs=100)
    for lexicon, near in ((LEXICON, False), (LEXICON, True), (None, True)):
        nearest = (lambda texts: [[NearWord("กิน", True, {"cat": 1.0})]]) if near else None
        plan = WordTranslator(thai, thai.translating(1.0), nearest, lexicon).translate(["กิน"])[0]
        assert plan and all(terms == {term: 1.0} for _, terms in plan for term in terms)


def test_a_language_that_is_given_is_not_guessed():
    assert dict(translator(near=False, lang="th").translate(["paka"])[0]) == {"paka": {}}


def test_words_of_several_scripts_are_translated_each():
    plan = dict(translator(near=False).translate(["paka ข้าว John"])[0])
    assert plan["ข้าว"] == {"rice": 1.0} and plan["John"] == {"john": 1.0} and "cat" in plan["paka"]


def test_ngrams_across_the_words_of_a_known_script_pass_and_other_words_stay():
    known = [ngram for ngram in words("กินข้าว") if ngram != "ว"]
    thai = IndexTerms(dict.fromkeys([*known, "cat"], 1), num_docs=100)

    def near(texts):
        return [[NearWord("กิน", True, {"cat": 1.0}), NearWord("paka", False, NEAR["paka"])]]

    for way in (near, None):
        plan = WordTranslator(thai, thai.translating(1.0), way, LEXICON).translate(["กิน ข้าว paka"])[0]
        passed = {word: terms for word, terms in plan if word != "paka"}
        assert passed == {ngram: {ngram: float(count)} for ngram, count in Counter(known).items()}
        assert dict(plan)["paka"]


RARE = Lexicon.from_entries(
    {
        "zu": {
            "eningizimu": (6, {"south": 1.0}),
            "umsebenzi": (9, {"work": 1.0}),
            "imisebenzi": (2, {"jobs": 1.0}),
            "amerika": (1, {"work": 1.0}),
            "amabosniya": (50, {"work": 1.0}),
            "ngamabosniya": (50, {"south": 1.0}),
        }
    }
)
WORLD = IndexTerms({"south": 3, "work": 4, "jobs": 1, "bosnia": 1, "america": 2}, num_docs=100)


def rare(word: str, **options) -> dict[str, float]:
    ways = {"nearest": None, "lexicon": RARE, "lang": "zu", **options}
    nearest, lexicon = ways.pop("nearest"), ways.pop("lexicon")
    return dict(WordTranslator(WORLD, WORLD.translating(1.0), nearest, lexicon, **ways).translate([word])[0])[word]


def test_an_unseen_name_is_the_term_that_is_spelt_like_it():
    assert rare("Bosiniya") == rare("eBosiniya") == {"bosnia": 1.0}
    near = lambda texts: [[NearWord("Bosiniya", False, {"jobs": 1.0})]]  # noqa: E731
    assert rare("Bosiniya", nearest=near) == {"bosnia": 1.0}, "as names inside a word, it needs no nearest terms"
    assert rare("Bosiniya", nearest=near, lexicon=None) == {"jobs": 1.0}, "the nearest terms alone"


def test_an_unseen_word_is_translated_as_its_relatives():
    assert rare("aseningizimu") == {"south": 1.0}


def test_a_rare_word_is_judged_by_its_relatives_too():
    terms = rare("imisebenzi")
    assert set(terms) == {"jobs", "work"} and sum(terms.values()) == pytest.approx(1)
    assert terms["jobs"] > 0.6, "it was seen twice itself"


def test_a_rare_name_is_judged_by_its_spelling_too():
    assert rare("Amerika") == pytest.approx({"america": 4 / 5, "work": 1 / 5})
    assert rare("amerika") == {"work": 1.0}, "in small letters it is no name"


def test_a_common_word_is_left_to_the_lexicon():
    assert rare("amabosniya") == rare("Amabosniya") == {"work": 1.0}, "though a relative says 'south'"


HAUSA = Lexicon.from_entries(
    {
        "ha": {
            "da": (900, {"and": 0.9, "river": 0.1}),
            "mota": (9, {"car": 1.0}),
            "film": (7, {"film": 0.9, "river": 0.1}),
            "take": (40, {"is": 1.0}),
            "2": (900, {"two": 1.0}),
        },
    }
)
ENGLISH = dict.fromkeys(["da", "river", "car", "film", "take", "beach", "ship", "mota", "2", "two"], 1) | {"and": 90}


def hausa(text: str, **options) -> dict[str, dict[str, float]]:
    index = IndexTerms(ENGLISH, num_docs=100)
    return dict(WordTranslator(index, index.translating(0.2), None, HAUSA, lang="ha", **options).translate([text])[0])


def test_a_word_that_its_language_uses_is_not_the_term_of_the_same_letters():
    assert hausa("da")["da"] == pytest.approx({"river": 0.1}, abs=0.01), "most of its weight is that of 'and'"
    assert hausa("take")["take"] == {}, "'is' is no term of this index"
    assert hausa("film")["film"] == {"film": 1.0}, "it stands for itself"
    assert hausa("beach")["beach"] == {"beach": 1.0}, "Hausa does not know it"
    assert hausa("2")["2"] == {"2": 1.0}, "numbers need no translation, whatever the bitext says"
    assert hausa("Mota")["Mota"] == {"mota": 1.0}, "a capital may be that of a name"
    assert hausa("Da")["Da"] == hausa("da")["da"], "but not of a word that is so frequent"


def test_a_name_for_which_the_bitext_puts_many_others_stands_for_itself():
    others = {"york": 0.3, "chicago": 0.2, "london": 0.2, "boston": 0.15, "miami": 0.15}
    table = {"nairobi": (400, others), "kuwa": (2000, others), "marekani": (400, {"york": 0.6, "london": 0.4})}
    table |= {"ana": (90, others), "baadaye": (900, others)}
    lexicon = Lexicon.from_entries({"sw": table})
    index = IndexTerms(dict.fromkeys([*others, *table], 1), num_docs=100)

    def terms(word: str) -> dict[str, float]:
        words = WordTranslator(index, index.translating(1.0), None, lexicon, lang="sw")
        return dict(words.translate([word])[0])[word]

    def likeliest(word: str) -> str:
        return max(terms(word).items(), key=lambda item: item[1])[0]

    assert terms("Nairobi") == {"nairobi": 1.0}
    assert terms("nairobi") == {"nairobi": 1.0}, "whatever its case"
    assert likeliest("ana") == "york", "a short word in small letters could be a verb with many translations"
    assert likeliest("Marekani") == "york", "of its two translations one is likely"
    assert likeliest("Kuwa") == likeliest("baadaye") == "york", "no name is so frequent"


def test_english_words_pass_although_another_language_has_them():
    lexicon = Lexicon.from_entries(
        {"tl": {"base": (40, {"database": 1.0})}, "en": {"base": (60, {}), "camp": (9, {}), "database": (9, {})}}
    )
    index = IndexTerms({"base": 1, "camp": 1, "database": 1}, num_docs=100)
    words = WordTranslator(index, index.translating(1.0), None, lexicon)
    assert dict(words.translate(["base camp"])[0]) == {"base": {"base": 1.0}, "camp": {"camp": 1.0}}


def test_small_letters_seldom_spell_a_name():
    lexicon = Lexicon.from_entries({"zu": {"umsebenzi": (9, {"work": 1.0})}})
    near = lambda texts: [[NearWord(text, False, {"jobs": 1.0})] for text in texts]  # noqa: E731
    words = WordTranslator(WORLD, WORLD.translating(1.0), near, lexicon, lang="zu")
    assert dict(words.translate(["Bosiniya"])[0]) == {"Bosiniya": {"bosnia": 1.0}}
    assert dict(words.translate(["bosiniya"])[0])["bosiniya"] == {"bosnia": 0.5, "jobs": 0.5}


def test_a_guess_by_the_stem_takes_nothing_from_the_nearest_terms():
    lexicon = Lexicon.from_entries({"zu": {"eningizimu": (9, {"the": 0.9, "south": 0.1})}})
    index = IndexTerms({"the": 90, "south": 1, "river": 1}, num_docs=100)
    near = lambda texts: [[NearWord(text, False, {"river": 1.0})] for text in texts]  # noqa: E731
    words = WordTranslator(index, index.translating(0.2), near, lexicon, lang="zu")
    assert dict(words.translate(["aseningizimu"])[0])["aseningizimu"] == pytest.approx(
        {"south": 0.05, "river": 0.5}, abs=0.01
    )


def test_what_a_frequent_word_takes_is_not_left_to_the_nearest_terms():
    index = IndexTerms(ENGLISH, num_docs=100)
    near = lambda texts: [[NearWord(text, False, {"ship": 1.0})] for text in texts]  # noqa: E731
    words = WordTranslator(index, index.translating(0.2), near, HAUSA, lang="ha")
    ((_, terms),) = words.translate(["da"])[0]
    assert terms == pytest.approx({"river": 0.05, "ship": 0.05}, abs=0.01)


def test_one_english_word_passes_though_another_language_has_it_more_often():
    lexicon = Lexicon.from_entries({"tl": {"visa": (40, {"card": 1.0})}, "en": {"visa": (9, {}), "card": (99, {})}})
    index = IndexTerms({"visa": 1, "card": 1}, num_docs=100)
    words = WordTranslator(index, index.translating(1.0), None, lexicon)
    assert lexicon.guess(["visa"])["tl"] > 0.5
    assert words.translate(["visa"])[0] == [("visa", {"visa": 1.0})]


def test_a_rare_word_passes_in_a_query_that_is_in_english():
    french = {"notre": (90, {"our": 1.0}), "de": (9000, {})}
    lexicon = Lexicon.from_entries({"fr": french, "en": {"failed": (3000, {}), "our": (6000, {})}})
    index = IndexTerms({"failed": 1, "notre": 1, "our": 1}, num_docs=100)
    words = WordTranslator(index, index.translating(1.0), None, lexicon)
    assert lexicon.guess(["failed", "notre"])["fr"] > 0.01, "it is possible"
    assert dict(words.translate(["failed notre"])[0])["notre"] == {"notre": 1.0}
