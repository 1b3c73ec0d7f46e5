"""What gives away that a file's columns are not English and the translation."""

import gzip

import bitext_forms as forms
import pytest

from pyterrier_optical.base.language_names import letters_in
from pyterrier_optical.distill import load_bitext
from pyterrier_optical.distill.config import BitextConfig
from pyterrier_optical.errors import OpticalError


def load(path, lang="sw", **entry):
    files = [{"lang": lang, "path": str(path), **entry}]
    return load_bitext(BitextConfig(files=files), heldout_pairs=0).pairs()[lang]


def test_four_columns_of_tatoeba_are_seen_and_can_be_named(tmp_path):
    path = forms.tatoeba(tmp_path / "pairs.tsv")
    message = (
        r"pairs.tsv' gives '1276' as English and 'The miller who slept .*' as 'sw', and 24 of 24 rows have no letter "
        r"on the English side: write .* the columns of English and the translation \(\['1276', 'The miller .*\), "
        r"such as columns: \[2, 4\] or swap: true or check: false if all is well\."
    )
    with pytest.raises(OpticalError, match=message):
        load(path)
    assert load(path, columns=[2, 4]) == forms.PAIRS


def test_swapped_sides_are_seen_and_can_be_swapped(tmp_path):
    path = forms.tsv(tmp_path / "a.tsv", forms.SWAHILI, forms.ENGLISH)
    with pytest.raises(OpticalError, match=r"the 'sw' side is English and the English side is not: .*swap: true"):
        load(path)
    assert load(path, swap=True) == forms.PAIRS


@pytest.mark.parametrize(
    ("columns", "lang", "message"),
    [
        ((forms.ENGLISH, ["7"] * 24), "sw", "24 of 24 rows have no letter on the 'sw' side"),
        ((forms.THAI, forms.SWAHILI), "sw", r"the English side is in another script \(Thai 100%\)"),
        ((forms.ENGLISH, forms.SWAHILI), "th", r"the 'th' side is in another script \(Latin 100%\)"),
        ((forms.SWAHILI, forms.SWAHILI[::-1]), "sw", "the English side is in another language"),
        ((forms.ENGLISH, forms.ENGLISH[::-1]), "sw", "the 'sw' side is English: "),
        ((["eng"] * 24, forms.SWAHILI), "sw", "24 of 24 rows have 'eng' on the English side"),
    ],
    ids=["numbers", "English in Thai", "Thai in Latin", "no English", "English twice", "code column"],
)
def test_sides_that_are_something_else_are_refused(tmp_path, columns, lang, message):
    path = forms.tsv(tmp_path / "a.tsv", *columns)
    with pytest.raises(OpticalError, match=message):
        load(path, lang)
    assert len(load(path, lang, check=False)) >= 23


@pytest.mark.parametrize(
    ("english", "translation", "lang"),
    [
        (forms.ENGLISH, forms.SWAHILI, "sw"),
        (forms.ENGLISH, forms.THAI, "th"),
        (forms.ENGLISH, forms.SWAHILI, "hi-Latn"),
        (forms.ENGLISH, forms.THAI, "tlh"),  # no table says its script
        ([f"tree {n}" for n in range(30)], [f"mti {n}" for n in range(30)], "sw"),  # words, no sentences
        (["one"] * 19, ["1"] * 19, "sw"),  # too few to judge
    ],
)
def test_what_is_all_right_is_taken(tmp_path, english, translation, lang):
    assert load(forms.tsv(tmp_path / "a.tsv", english, translation), lang)


def test_signs_late_in_a_file_are_seen(tmp_path):
    ok, numbers = 30 * forms.ENGLISH, [str(n) for n in range(5000)]
    path = forms.tsv(tmp_path / "a.tsv", ok + forms.ENGLISH * 209, 30 * forms.SWAHILI + numbers + numbers[:16])
    with pytest.raises(OpticalError, match="rows have no letter on the 'sw' side"):
        load(path)


def test_a_header_is_dropped_and_counted(tmp_path):
    path = forms.tsv(tmp_path / "a.tsv", ["English", *forms.ENGLISH], ["Kiswahili", *forms.SWAHILI])
    bitext = load_bitext(BitextConfig(files=[{"lang": "sw", "path": str(path)}]), heldout_pairs=0)
    assert bitext.pairs()["sw"] == forms.PAIRS and bitext.report.dropped["sw"] == {"header": 1}


def test_a_file_that_repeats_itself_is_noticed(tmp_path, caplog):
    path = forms.tsv(tmp_path / "a.tsv", 3 * forms.ENGLISH, 3 * forms.SWAHILI)
    assert load(path) == forms.PAIRS
    assert "repeats itself: 24 pairs, and 48 that are one of these" in caplog.text


def test_a_file_of_a_folder_says_how_to_take_it_out(tmp_path):
    (tmp_path / "web").mkdir()
    content = forms.tsv(tmp_path / "a.tsv", forms.SWAHILI, forms.ENGLISH).read_bytes()
    (tmp_path / "web" / "sw.tsv.gz").write_bytes(gzip.compress(content))
    with pytest.raises(OpticalError, match="an entry of 'files' for it, out of the folder, swap: true"):
        load_bitext(BitextConfig(folder=str(tmp_path), languages=["sw"]))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"colums": [2, 4]}, "has no option 'colums': it knows check, columns, lang, path, swap"),
        ({"columns": [2]}, r"columns: \[2\] .* two numbers from 1"),
        ({"columns": [0, 1]}, "two numbers from 1"),
        ({"columns": [2, 2]}, "two numbers from 1"),
        ({"columns": "2,4"}, "two numbers from 1"),
        ({"columns": [True, 2]}, "two numbers from 1"),
        ({"swap": "yes"}, "swap: 'yes' .* neither true nor false"),
    ],
)
def test_options_of_an_entry_are_checked(tmp_path, entry, message):
    with pytest.raises(OpticalError, match=message):
        load(forms.tatoeba(tmp_path / "a.tsv"), **entry)


def test_every_form_of_file_goes_through_a_configuration(tmp_path):
    for path in (forms.tmx(tmp_path / "a.tmx"), forms.opus(tmp_path / "en-sw.txt.zip")):
        assert load(path) == forms.PAIRS


def test_a_message_holds_little_of_the_file(tmp_path):
    path = forms.tsv(tmp_path / "a.tsv", [text * 50 for text in forms.SWAHILI], forms.ENGLISH, 24 * ["x" * 5000])
    with pytest.raises(OpticalError) as error:
        load(path)
    assert len(str(error.value)) < 700


def test_scripts_that_unicode_does_not_know_are_not_judged():
    assert letters_in(("Qaax",)) is None
    assert letters_in(()) is None


@pytest.mark.parametrize(("rest", "english"), [("drank cold water", True), ("drank muddy cold river water", False)])
def test_english_sentences_have_a_share_of_function_words_of_at_least_point_28(tmp_path, rest, english):
    nouns = [f"{letter}uz" for letter in "bcdfghjklmnpqrstvwxyzaei"]
    sentences = [f"The {noun} of Omdurman {rest}" for noun in nouns]
    path = forms.tsv(tmp_path / "a.tsv", sentences, forms.SWAHILI)
    if english:  # 2 words of 7
        assert len(load(path)) == 24
    else:  # 2 words of 9
        with pytest.raises(OpticalError, match=r"the English side is in another language \(22% English function words"):
            load(path)
