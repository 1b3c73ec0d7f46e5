"""Lexicon: lookups, language guesses, its file."""

import math
import pickle

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from pyterrier_optical import OpticalError
from pyterrier_optical.lexicon.table import LEXICON_FORMAT, SHIPPED_LEXICON, load_lexicon
from pyterrier_optical.translate import Lexicon

ENTRIES = {
    "sw": {"paka": (30, {"cat": 0.9, "kitten": 0.1}), "na": (500, {"and": 1.0}), "mto": (20, {"river": 0.7})},
    "ha": {"kogi": (10, {"river": 1.0}), "na": (300, {"of": 0.8, "and": 0.2})},
    "th": {"แม่น้ำ": (8, {"river": 1.0}), "แมว": (9, {"cat": 1.0}), "taxi": (1, {"taxi": 1.0})},
    "en": {"the": (900, {}), "river": (5, {})},
}


def best(weights: dict[str, float]) -> str:
    return max(weights, key=weights.get)


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon.from_entries(ENTRIES, "two stories")


def test_translations_are_those_of_the_language(lexicon):
    assert lexicon.translations("paka", {"sw": 1.0}) == pytest.approx({"cat": 0.9, "kitten": 0.1}, abs=0.005)
    assert lexicon.translations("paka", {"ha": 1.0}) == {} == lexicon.translations("paka", {"xx": 1.0})
    assert lexicon.translations("unheard", {"sw": 0.5, "ha": 0.5}) == {}


def test_translations_mix_languages_by_their_likelihood(lexicon):
    mixed = lexicon.translations("na", {"sw": 0.25, "ha": 0.75})
    assert mixed == pytest.approx({"and": 0.25 + 0.15, "of": 0.6}, abs=0.005)


SPELLINGS = {
    "yo": {"ọjà": (30, {"market": 1.0}), "òjà": (9, {"line": 1.0}), "ilé": (50, {"house": 1.0}), "ti": (5, {})},
    "sw": {"ile": (3, {"that": 1.0}), "oja": (1, {}), "ti": (5, {})},
}


class TestOtherSpellings:
    @pytest.fixture
    def lexicon(self) -> Lexicon:
        return Lexicon.from_entries(SPELLINGS)

    def test_an_unknown_word_is_what_its_spellings_are_by_their_counts(self, lexicon):
        assert lexicon.translations("oja", {"yo": 1.0}) == pytest.approx({"market": 0.756, "line": 0.244}, abs=0.005)
        assert lexicon.count("oja", {"yo": 1.0}) == 39

    def test_an_exact_word_is_itself_alone(self, lexicon):
        assert lexicon.translations("ọjà", {"yo": 1.0}) == pytest.approx({"market": 1.0})
        assert lexicon.count("òjà", {"yo": 1.0}) == 9
        assert lexicon.translations("ile", {"sw": 1.0}) == pytest.approx({"that": 1.0})

    def test_the_guess_of_the_language_knows_other_spellings_but_prefers_exact_words(self, lexicon):
        assert best(lexicon.guess(["ọja"])) == "yo"
        assert best(lexicon.guess(["ile"])) == "sw"

    @pytest.mark.parametrize(("unmarked", "count"), [(3, 10), (5, 10), (6, 6), (30, 30)])
    def test_a_word_without_marks_is_all_its_spellings_where_most_have_marks(self, unmarked, count):
        entries = {"bawo": (unmarked, {"hello": 1.0}), "báwo": (10 - unmarked if unmarked < 10 else 3, {"how": 1.0})}
        yoruba = Lexicon.from_entries({"yo": entries}).languages["yo"]
        assert yoruba.count("bawo") == count

    def test_such_a_word_is_translated_by_counts_and_one_with_marks_by_itself(self):
        lexicon = Lexicon.from_entries({"yo": {"bawo": (1, {"hello": 1.0}), "báwo": (7, {"how": 1.0})}})
        assert lexicon.translations("bawo", {"yo": 1.0}) == pytest.approx({"hello": 0.2, "how": 0.8}, abs=0.005)
        assert lexicon.translations("báwo", {"yo": 1.0}) == pytest.approx({"how": 1.0})

    def test_they_are_not_pickled(self, lexicon):
        lexicon.translations("oja", {"yo": 1.0})
        assert "_variants" not in lexicon.languages["yo"].__getstate__()


def test_small_probabilities_survive_storage(tmp_path):
    written = Lexicon.from_entries({"sw": {"w": (1, {"a": 0.995, "b": 0.005})}})
    written.save(tmp_path / "lexicon.safetensors")
    read = Lexicon.load(tmp_path / "lexicon.safetensors").translations("w", {"sw": 1.0})
    assert read == pytest.approx({"a": 0.995, "b": 0.005}, rel=0.06)


def test_the_language_is_guessed_from_all_words(lexicon):
    assert best(lexicon.guess(["kogi", "na"])) == "ha"
    assert best(lexicon.guess(["mto", "na"])) == "sw"
    assert best(lexicon.guess(["the", "river"])) == "en"
    assert sum(lexicon.guess(["na"]).values()) == pytest.approx(1)
    assert set(lexicon.guess(["na"])) == {"sw", "ha"}


def test_unknown_words_say_nothing_of_the_language(lexicon):
    assert lexicon.guess(["unheard"]) == {} == lexicon.guess([])
    assert lexicon.guess(["unheard", "kogi", "na"]) == lexicon.guess(["kogi", "na"])


@pytest.mark.parametrize(("other_words", "languages"), [(70, {"sw", "ha"}), (200, {"sw"})])
def test_a_language_counts_from_a_hundredth_and_each_word_has_a_tenth_of_a_count_more(other_words, languages):
    two = Lexicon.from_entries({"sw": {"na": (99, {})}, "ha": {"na": (1, {}), "ba": (other_words, {})}})
    likelihoods = {"sw": 99.1 / (99 + 0.3), "ha": 1.1 / (1 + other_words + 0.3)}
    total = sum(likelihoods[lang] for lang in languages)
    assert two.guess(["na"]) == pytest.approx({lang: likelihoods[lang] / total for lang in languages})


def test_another_spelling_has_a_tenth_of_the_count_in_the_guess():
    yoruba = Lexicon.from_entries({"yo": {"ọjà": (39, {}), "ilé": (60, {})}}).languages["yo"]
    assert yoruba.log_probability("ọjà", 2) == pytest.approx(math.log(39.1 / 99.2))
    assert yoruba.log_probability("oja", 2) == pytest.approx(math.log(4.0 / 99.2))


def test_words_to_segment_by(lexicon):
    assert dict(lexicon.spaceless_counts) == {"แม่น้ำ": 8, "แมว": 9}


def test_what_is_saved_is_loaded(lexicon, tmp_path):
    lexicon.save(tmp_path / "lexicon.safetensors")
    read = Lexicon.load(tmp_path / "lexicon.safetensors")
    assert read.origin == "two stories" and list(read.languages) == list(ENTRIES)
    for lang, words in ENTRIES.items():
        for word, (count, _) in words.items():
            assert read.translations(word, {lang: 1.0}) == lexicon.translations(word, {lang: 1.0})
            assert read.languages[lang].counts[read.languages[lang].rows[word]] == count
    assert [path.name for path in tmp_path.iterdir()] == ["lexicon.safetensors"]


def test_many_terms_need_wider_numbers(tmp_path):
    words = {f"w{i}": (1, {f"t{i}": 1.0}) for i in range(70_000)}
    Lexicon.from_entries({"sw": words}).save(tmp_path / "lexicon.safetensors")
    read = Lexicon.load(tmp_path / "lexicon.safetensors")
    assert read.translations("w69999", {"sw": 1.0}) == {"t69999": 1.0}


def test_files_that_cannot_be_read(lexicon, tmp_path):
    path = tmp_path / "lexicon.safetensors"
    with pytest.raises(OpticalError, match="There is no lexicon at"):
        Lexicon.load(path)
    path.write_bytes(b"something else")
    with pytest.raises(OpticalError, match="is no lexicon"):
        Lexicon.load(path)
    save_file({"vectors": np.zeros(3)}, path)
    with pytest.raises(OpticalError, match="is no lexicon"):
        Lexicon.load(path)
    lexicon.save(path)
    save_file(load_file(path), path, metadata={"format_version": str(LEXICON_FORMAT + 1), "languages": "{}"})
    with pytest.raises(OpticalError, match="upgrade pyterrier-optical"):
        Lexicon.load(path)


def test_the_shipped_lexicon_knows_its_languages():
    lexicon = load_lexicon(None)
    assert SHIPPED_LEXICON.stat().st_size < 30_000_000
    for word, lang, term in (
        ("ruwa", "ha", "water"),
        ("amazi", "rw", "water"),
        ("நீர்", "ta", "water"),
        ("maji", "sw", "water"),
        ("पानी", "hi", "water"),
        ("น้ำ", "th", "water"),
        ("แมงมุม", "th", "spider"),  # only a dictionary has it
    ):
        translations = lexicon.translations(word, {lang: 1.0})
        assert best(translations) == term
    assert best(lexicon.guess(["je", "peux", "boire", "cette", "eau"])) == "fr"


def test_romanised_queries_are_a_language_of_their_own():
    lexicon = load_lexicon(None)
    query = ["kal", "subah", "barish", "hogi", "kya"]
    assert best(lexicon.guess(query)) == "hi-Latn"
    assert best(lexicon.translations("barish", {"hi-Latn": 1.0})) == "rain"


def test_counts_are_those_of_the_likely_languages():
    lexicon = Lexicon.from_entries({"sw": {"mto": (8, {})}, "zu": {"mto": (2, {})}, "en": {"cat": (5, {})}})
    assert lexicon.count("mto", {"sw": 1.0}) == 8
    assert lexicon.count("mto", {"sw": 0.5, "zu": 0.5}) == 5
    assert lexicon.count("mto", {}) == lexicon.count("mto", {"xx": 1.0}) == lexicon.count("paka", {"sw": 1.0}) == 0


def test_relatives_are_those_of_the_likeliest_language():
    words = {"eningizimu": (7, {"south": 1.0})}
    lexicon = Lexicon.from_entries({"zu": words, "sw": {"mto": (2, {})}, "en": {"ningizimus": (5, {})}})
    assert dict(lexicon.relatives("ningizimu", {"zu": 0.6, "sw": 0.4})).keys() == {"eningizimu"}
    for languages in ({"sw": 0.6, "zu": 0.4}, {"en": 1.0}, {"xx": 1.0}, {}):
        assert lexicon.relatives("ningizimu", languages) == []


def test_a_pickled_lexicon_leaves_behind_what_can_be_made_again():
    lexicon = Lexicon.from_entries({"zu": {"eningizimu": (7, {"south": 1.0})}})
    before = len(pickle.dumps(lexicon))
    found = lexicon.relatives("aseningizimu", {"zu": 1.0})
    assert found and len(pickle.dumps(lexicon)) == before
    again = pickle.loads(pickle.dumps(lexicon))  # noqa: S301 - pickled here
    assert again.relatives("aseningizimu", {"zu": 1.0}) == found


def damaged_lexicon(path, name: str, keep_checksum: bool):
    """Saves a lexicon with one array of zeros."""
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file

    Lexicon.from_entries({"sw": {"mto": (8, {"river": 1.0}), "paka": (2, {"cat": 0.5, "pet": 0.5})}}).save(path)
    with safe_open(path, framework="np") as file:
        metadata = {key: value for key, value in file.metadata().items() if keep_checksum or key != "sha256"}
    tensors = load_file(path)
    if name:
        tensors[name] = np.zeros_like(tensors[name])
    save_file(tensors, path, metadata=metadata)
    return path


@pytest.mark.parametrize("name", ["terms", "words", "counts", "lengths", "term_ids", "levels"])
def test_a_damaged_array_is_found_by_the_checksum(tmp_path, name):
    with pytest.raises(OpticalError, match="is no lexicon, or damaged"):
        Lexicon.load(damaged_lexicon(tmp_path / "l.safetensors", name, keep_checksum=True))


def test_a_lexicon_of_an_earlier_version_has_no_checksum_and_is_read(tmp_path):
    lexicon = Lexicon.load(damaged_lexicon(tmp_path / "l.safetensors", "", keep_checksum=False))
    assert lexicon.translations("mto", {"sw": 1.0}) == {"river": 1.0}
    with pytest.raises(OpticalError, match="is no lexicon, or damaged"):
        Lexicon.load(damaged_lexicon(tmp_path / "l.safetensors", "lengths", keep_checksum=False))


def test_a_place_that_cannot_be_written_to_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OpticalError, match=r"Cannot write to '.*file.*' \(.*\): make room there, or choose another"):
        Lexicon.from_entries({"sw": {"mto": (8, {"river": 1.0})}}).save(tmp_path / "file" / "l.safetensors")
