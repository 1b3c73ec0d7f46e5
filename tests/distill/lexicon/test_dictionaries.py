"""Dictionaries that a configuration names."""

import re

import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.distill import DistillConfig, make_lexicon
from pyterrier_optical.distill.lexicon.dictionaries import load_dictionaries, load_word_lists
from pyterrier_optical.translate import Lexicon


@pytest.fixture
def words(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("lion\tsimba\nlion\tsimba\n\tmti\nwater\tmaji\n")
    return path


@pytest.fixture
def animals(tmp_path):
    path = tmp_path / "animals.tsv"
    path.write_text("giraffe\ttwiga\n")
    return path


def test_repeated_and_empty_entries_are_dropped(words):
    pairs = load_dictionaries([{"lang": "sw", "path": str(words)}])
    assert pairs == {"sw": [("lion", "simba"), ("water", "maji")]}


def test_dictionaries_of_one_language_are_put_together(words, animals, monkeypatch):
    monkeypatch.setenv("DICTIONARIES", str(animals.parent))
    entry = {"lang": "sw", "path": "${DICTIONARIES}/animals.tsv"}
    pairs = load_dictionaries([{"lang": "sw", "path": str(words)}, entry])
    assert pairs["sw"][-1] == ("giraffe", "twiga") and len(pairs["sw"]) == 3


def test_texts_of_an_evaluation_are_left_out(words, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("Where is the lion?\nWater!\n\n")
    entry = {"lang": "sw", "path": str(words), "without": str(texts)}
    assert load_dictionaries([entry]) == {"sw": [("lion", "simba")]}
    with pytest.raises(OpticalError, match=r"No file .*nowhere.txt.*: 'without' names a text file"):
        load_dictionaries([{**entry, "without": str(tmp_path / "nowhere.txt")}])


@pytest.mark.parametrize(
    "entry, why",
    [
        ("words.tsv", "The dictionary 'words.tsv' lacks 'lang'"),
        ({"path": "words.tsv"}, "lacks 'lang'"),
        ({"lang": ["sw"], "path": "words.tsv"}, "lacks 'lang'"),
        ({"lang": "sw"}, "The dictionary {'lang': 'sw'} names no file: give 'path'"),
        ({"lang": "sw", "path": "nowhere.tsv"}, "nowhere.tsv"),
        ({"lang": "sw", "path": None}, "has None where a path or name belongs"),
    ],
)
def test_entries_that_name_nothing_are_refused(entry, why):
    with pytest.raises(OpticalError, match=re.escape(why)):
        load_dictionaries([entry])


def test_word_lists_have_words_without_spaces_each_once(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("กิน\nข้าว\nกิน\nข้าว ผัด\nrice\n\nพ.ศ.\n", encoding="utf-8")
    assert load_word_lists([{"lang": "th", "path": str(path)}]) == {"th": ["กิน", "ข้าว"]}


@pytest.mark.parametrize(
    "entry, why",
    [
        ({"path": "words.txt"}, "The word list {'path': 'words.txt'} lacks 'lang'"),
        ({"lang": "th"}, "names no file: give 'path'"),
        ({"lang": "th", "path": "nowhere.txt"}, "No file 'nowhere.txt': a word list is a text file, a word a line."),
        ({"lang": "th", "path": 3}, "has 3 where a path or name belongs"),
    ],
)
def test_word_lists_that_name_nothing_are_refused(entry, why):
    with pytest.raises(OpticalError, match=re.escape(why)):
        load_word_lists([entry])


def test_a_list_without_words_of_such_a_script_is_refused(words):
    with pytest.raises(OpticalError, match=r"No line of .*words.tsv' is a word in a script without spaces"):
        load_word_lists([{"lang": "th", "path": str(words)}])


def test_a_lexicon_learns_from_all_files_that_its_configuration_names(tmp_path):
    files = {
        "bitext.tsv": "eat rice\tกินข้าว\neat\tกิน\nrice\tข้าว\nrice and water\tข้าวน้ำ\n",
        "dictionary.tsv": "rice field\tนาข้าว\n",
        "words.txt": "กิน\nข้าว\nน้ำ\nนา\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    of = {name: {"lang": "th", "path": str(tmp_path / name)} for name in files}
    config = DistillConfig.from_dict(
        {
            "output": str(tmp_path / "run"),
            "bitext": {"files": [of["bitext.tsv"]]},
            "lexicon": {
                "spaceless_words": 0,
                "dictionaries": [of["dictionary.tsv"]],
                "word_lists": [of["words.txt"]],
            },
        }
    )
    lexicon = Lexicon.load(make_lexicon(config))
    assert set(lexicon.spaceless_counts) == {"กิน", "ข้าว", "น้ำ", "นา"}, "cut by the word list"
    assert lexicon.translations("นา", {"th": 1.0})["field"] > 0.5
    assert lexicon.origin == "bitext.tsv, dictionary.tsv, words.txt"


def test_a_lexicon_says_which_dictionaries_it_was_made_of(words, animals, tmp_path):
    (tmp_path / "bitext.tsv").write_text("the cat\tpaka\nthe river\tmto\na cat\tpaka\n")
    config = DistillConfig.from_dict(
        {
            "output": str(tmp_path / "run"),
            "bitext": {"files": [{"lang": "sw", "path": str(tmp_path / "bitext.tsv")}]},
            "lexicon": {"dictionaries": [{"lang": "sw", "path": str(path)} for path in (words, animals)]},
        }
    )
    lexicon = Lexicon.load(make_lexicon(config))
    assert lexicon.origin == "bitext.tsv, words.tsv, animals.tsv"
    terms = {word: lexicon.translations(word, {"sw": 1.0}) for word in ("twiga", "simba", "paka")}
    likeliest = {word: max(weights, key=weights.get) for word, weights in terms.items()}
    assert likeliest == {"twiga": "giraffe", "simba": "lion", "paka": "cat"}
