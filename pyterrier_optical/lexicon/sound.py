"""Phonetic keys: one spelling in ASCII for what languages and scripts write in several ways."""

import re
from functools import lru_cache

import regex
from anyascii import anyascii

# Scripts that leave vowels out (the Semitic and most of the Brahmic ones), or do not write b and p, d and t, g and k
# as English does (Tamil).
_LENIENT = regex.compile(
    r"[\p{Arabic}\p{Hebrew}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}\p{Telugu}\p{Kannada}"
    r"\p{Malayalam}\p{Sinhala}]"
)
# What a transcription letter by letter gets wrong: a dot below makes Hindi's j a z; Brahmic scripts write n before a
# consonant as a dot above.
_LETTERS = [
    (regex.compile(pattern), letters)
    for pattern, letters in (
        ("ज\u093c", "z"),
        ("फ\u093c", "f"),
        ("[डढ]\u093c", "र"),
        ("[\u0902\u0982\u0a02\u0a82\u0b02\u0c02\u0c82\u0d02]", "n"),
    )
]
# One letter for what languages write in several ways: Kamerun and Cameroon, jenoside and genocide.
_SOUNDS = [
    (re.compile(pattern), letter)
    for pattern, letter in (
        ("[^a-z0-9]", ""),
        ("ph", "f"),
        ("ck|qu|q", "k"),
        ("x", "ks"),
        ("c(?=[eiy])|z|t(?=ion)|sh|ts(?=[aeiou])", "s"),
        ("c(?!h)", "k"),
        ("ch", "c"),
        ("(?<=[bdgkpstr])h", ""),
        ("^w", "v"),
        (r"(.)\1+", r"\1"),
    )
]
_NASAL = re.compile("m(?=[^aeiouym])")
_NASAL_BEFORE_LIPS = re.compile("m(?=[pbf])")
# These sounds share one code, by tolerance. 0: ch and hard c; j and g. 1: also what Tamil and others write with one
# letter: b and p, d and t, g and k, v and w. 2: as 1, but ch and j share the code of s.
_SAME_CODE = [
    [(re.compile(pattern), letter) for pattern, letter in pairs]
    for pairs in (
        [("c", "k"), ("j", "g")],
        [("ng?[gkcj]+|ng", "nk"), ("b", "p"), ("d", "t"), ("[gcj]", "k"), ("(?<!^)[vw]", ""), ("^v", "w")],
        [("ng?[gk]+|ng", "nk"), ("b", "p"), ("d", "t"), ("[cj]", "s"), ("g", "k"), ("(?<!^)[vw]", ""), ("^v", "w")],
    )
]
#: How many tolerances there are; 0 is the strictest.
TOLERANCES = len(_SAME_CODE)
_DROPPED = re.compile("[aeiouywh]")
_TWICE = re.compile(r"(.)\1+")


def needs_tolerance(word: str) -> bool:
    """Whether a word is in a script that writes names of other languages without some of their vowels or consonants.

    Example:
        >>> needs_tolerance("डेनवर"), needs_tolerance("ዴንቨር")
        (True, False)
    """
    return not word.isascii() and _LENIENT.search(word) is not None


@lru_cache(maxsize=1 << 18)
def phonetic_key(word: str, tolerance: int = 0) -> str:
    """The phonetic key of a word: ASCII, with one letter for what languages write in several ways.

    Args:
        word: A word of any script.
        tolerance: From 0 to `TOLERANCES` - 1. At 1 and 2 voiced and voiceless consonants share a code. *ch* and *j*
            have the codes of *k* and *g* at 0 and 1, and that of *s* at 2.

    Example:
        >>> phonetic_key("Kameruni"), phonetic_key("Cameroon"), phonetic_key("डेनवर")
        ('kameruni', 'kameron', 'denvr')
    """
    key = _transcribed(word)
    for pattern, letter in _SAME_CODE[tolerance]:
        key = pattern.sub(letter, key)
    return _TWICE.sub(r"\1", key)


@lru_cache(maxsize=1 << 18)
def _transcribed(word: str) -> str:
    latin = word.isascii() or regex.match(r"\p{Latin}", word)
    lenient = needs_tolerance(word)
    for pattern, letters in [] if word.isascii() else _LETTERS:
        word = pattern.sub(letters, word)
    spelt = anyascii(word).lower()
    if not latin:
        spelt = re.sub("c(?!h)", "ch", spelt)  # here ch is written c
    for pattern, letter in _SOUNDS:
        spelt = pattern.sub(letter, spelt)
    return (_NASAL_BEFORE_LIPS if lenient else _NASAL).sub("n", spelt)


def consonants(word: str, tolerance: int = 0) -> str:
    """The consonants of a word's phonetic key, after a * if it begins with a vowel.

    Most spellings of a name share them: languages of open syllables put vowels between the consonants of a name and
    after the last ('Bosiniya'), and some scripts leave vowels out. Empty for a word with digits.

    Args:
        word: A word of any script.
        tolerance: As for `phonetic_key`.

    Example:
        >>> consonants("Bosiniya"), consonants("Bosnia"), consonants("अमेरिका")
        ('bsn', 'bsn', '*mrk')
    """
    key = phonetic_key(word, tolerance)
    if not key or any(letter.isdigit() for letter in key):
        return ""
    return ("*" if key[0] in "aeiou" else "") + _TWICE.sub(r"\1", _DROPPED.sub("", key))
