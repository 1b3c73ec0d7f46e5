"""The phonetic key of a word, and its consonants."""

from pyterrier_optical.lexicon.sound import TOLERANCES, consonants, needs_tolerance, phonetic_key


def test_sounds_and_consonants():
    assert phonetic_key("Cameroon") == "kameron"
    assert phonetic_key("") == phonetic_key("…") == ""
    assert consonants("Bosiniya") == consonants("Bosnia") == "bsn"
    assert consonants("Amerika") == "*mrk", "a vowel at the beginning counts"
    assert consonants("covid19") == ""


def test_other_scripts():
    assert consonants("ज़ाम्बिया") == consonants("Zambia"), "a dot below makes a z of a j"
    assert consonants("मलेशिया") == consonants("Malaysia"), "an m before a vowel that is not written stays"
    assert consonants("चिली") == consonants("Chile")
    assert consonants("हंगरी", 1) == consonants("Hungary", 1)


def test_what_each_tolerance_tells_apart():
    pairs = [("Bali", "Pali"), ("Chona", "Shona"), ("Jana", "Gana")]
    told_apart = [
        [consonants(a, tolerance) != consonants(b, tolerance) for a, b in pairs] for tolerance in range(TOLERANCES)
    ]
    assert told_apart == [[True, True, False], [False, True, False], [False, False, True]]


def test_scripts_that_need_tolerance():
    assert all(map(needs_tolerance, ["डेनवर", "دنفر", "டென்வர்"]))
    assert not any(map(needs_tolerance, ["Denver", "Naịjirịa", "Денвер", "ዴንቨር", ""]))


def test_a_letter_with_a_dot_does_not_make_a_word_latin():
    assert phonetic_key("फ़िचे") == phonetic_key("फिचे") != phonetic_key("fise")
