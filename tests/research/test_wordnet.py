"""Dictionaries from WordNets."""

import pytest

from pyterrier_optical import OpticalError
from research.recipes.wordnet import read_wordnet

NOUNS = """  1 A licence in lines that begin with spaces
00000011 05 n 02 hound 0 dog_friend 0 001 @ 00000022 n 0000 | an animal that barks
00000022 05 n 01 water 0 000 | what rains
"""
ADJECTIVES = "00000033 00 a 01 aware(p) 0 000 | knowing\n00000044 00 s 02 big 0 large 0 000 | of much size\n"
SENSES = (
    "hound%1:05:00:: 00000011 1 2\ndog_friend%1:05:00:: 00000011 1 7\nwater%1:05:00:: 00000022 1 9\n"
    "big%5:00:00:large:00 00000044 1 3\nlarge%5:00:00:large:00 00000044 1 4\n"
)
WORDS = """# A WordNet\tswa\tnowhere\tCC0
00000011-n\tlemma\tmbwa
00000022-n\tswa:lemma\tmaji_safi
00000022-n\tswa:def\t0\tkinachonyesha
00000033-a\tlemma\tenye ufahamu
00000044-s\tlemma\tkubwa
99999999-n\tlemma\tasiyejulikana
"""


@pytest.fixture
def princeton(tmp_path):
    folder = tmp_path / "dict"
    folder.mkdir()
    for name, text in (("noun", NOUNS), ("verb", ""), ("adj", ADJECTIVES), ("adv", "")):
        (folder / f"data.{name}").write_text(text)
    (folder / "index.sense").write_text(SENSES)
    return folder


@pytest.fixture
def wordnet(tmp_path):
    path = tmp_path / "wn-data-swa.tab"
    path.write_text(WORDS)
    return path


def test_a_synset_is_its_word_that_is_most_often_said(wordnet, princeton):
    assert list(read_wordnet(wordnet, princeton)) == [
        ("dog friend", "mbwa"),
        ("water", "maji safi"),
        ("aware", "enye ufahamu"),
        ("large", "kubwa"),
    ]


def test_another_princeton_wordnet_is_refused(wordnet, princeton):
    (princeton / "data.noun").write_text("00000012 05 n 01 hound 0 000 | an animal\n")
    (princeton / "data.adj").write_text("")
    with pytest.raises(OpticalError, match=r"Of the 5 words in .* 0 have a synset .* 3.0 as a rule"):
        list(read_wordnet(wordnet, princeton))


def test_missing_and_malformed_files_are_named(wordnet, princeton, tmp_path):
    with pytest.raises(OpticalError, match=r"No file .*nowhere.tab"):
        list(read_wordnet(tmp_path / "nowhere.tab", princeton))
    with pytest.raises(OpticalError, match=r"No file .*index.sense"):
        list(read_wordnet(wordnet, tmp_path))
    wordnet.write_text("# comment\n00000011-n mbwa\n")
    with pytest.raises(OpticalError, match=r"Line 2 of .*wn-data-swa.tab.* is no synset<TAB>lemma<TAB>word"):
        list(read_wordnet(wordnet, princeton))
    wordnet.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OpticalError, match="not UTF-8"):
        list(read_wordnet(wordnet, princeton))
    wordnet.write_text("# nothing but a comment\n")
    with pytest.raises(OpticalError, match="Of the 0 words"):
        list(read_wordnet(wordnet, princeton))


@pytest.mark.parametrize("line", ["00000011 05 n 0x hound 0", "no synset"])
def test_a_malformed_princeton_file_is_named(wordnet, princeton, line):
    (princeton / "data.noun").write_text(line + "\n")
    with pytest.raises(OpticalError, match=r"Line 1 of .*data.noun"):
        list(read_wordnet(wordnet, princeton))


@pytest.mark.parametrize("line", ["water 00000022", "water%9:05:00:: 00000022 1 9", "water%1:05:00:: 00000022 1 many"])
def test_a_malformed_index_of_senses_is_named(wordnet, princeton, line):
    (princeton / "index.sense").write_text(line + "\n")
    with pytest.raises(OpticalError, match=r"Line 1 of .*index.sense"):
        list(read_wordnet(wordnet, princeton))
