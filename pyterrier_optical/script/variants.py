"""One key for the spellings of a word: by it a word is looked up again where its exact form is unknown.

People leave marks out, and keyboards have different letters for the same: Yoruba without tones, Hindi without the dot
of a borrowed sound, Arabic without vowels, Persian with Arabic letters. The key of a word is what such spellings share.
Distinct words may share it too, so the exact form comes first.

- Compatibility forms come apart (NFKD), and marks go: those whose canonical combining class lets them stand around any
  letter (200 and more: accents, tones, hamza), the nukta (7), and the points of Hebrew, Arabic and Syriac (10 to 36).
  Vowel signs, viramas, and the tone marks of Thai and Lao stay; ZWJ and ZWNJ go.
- A Latin letter becomes what it is in ASCII (``anyascii``): đ is d, ɓ is b, ɛ is e. Another letter "WITH" something
  becomes the letter that its Unicode name begins with: Cyrillic қ is к.
- Arabic letters that keyboards and languages interchange become one, after the normalisers for Arabic and Persian of
  Apache Lucene (``ArabicNormalizer``, ``PersianNormalizer``).
- Candrabindu and a nasal consonant without its vowel, before a stop, become anusvara in every script that has it, as in
  the Hindi normalisation of Larkey, Connell and Abduljaleel 2003 (ACM TALIP 2(2), "Hindi CLIR in thirty days").
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection
from functools import cached_property, lru_cache

import regex
from anyascii import anyascii

from pyterrier_optical.script.table import which_have

_LATIN = regex.compile(r"[\p{Latin}&&\p{L}]", regex.V1)
_LATIN_OR_COMMON = regex.compile(r"[\p{Latin}\p{N}\p{Common}]")
_JOINERS = "\u200c\u200d"
_NUKTA, _POINTS, _FREE = 7, range(10, 37), 200
# Alef wasla; farsi yeh, alef maksura, yeh barree; keheh; teh marbuta, heh goal, heh doachashmee, ae.
_ARABIC = {"ٱ": "ا", **dict.fromkeys("یىے", "ي"), "ک": "ك", **dict.fromkeys("ةہھە", "ه")}
_NASALS = ["NGA", "NYA", "NNA", "NA", "MA"]
_STOPS = [stop + breath for stop in ("K", "G", "C", "J", "TT", "DD", "T", "D", "P", "B") for breath in ("A", "HA")]


@lru_cache(maxsize=4096)
def variant_key(word: str) -> str:
    """What the spellings of a word share.

    Args:
        word: A word as :func:`pyterrier_optical.script.tokenise.fold` leaves it.

    Returns:
        The key; that of an ASCII word is the word, and that of a key the key.

    Example:
        >>> variant_key("ọjà"), variant_key("đường"), variant_key("ɗalibai"), variant_key("km²")
        ('oja', 'duong', 'dalibai', 'km2')
        >>> variant_key("हिन्दी") == variant_key("हिंदी"), variant_key("قرآن") == variant_key("قران")
        (True, True)
    """
    return word if word.isascii() else _key(word)


def _key(text: str) -> str:
    nasal, anusvara_of = _nasals()
    key = unicodedata.normalize("NFKD", text).translate(_LETTERS)
    return nasal.sub(lambda found: anusvara_of[found[0][-1]], key)


class Variants:
    """The words of a vocabulary by their keys.

    Args:
        words: The vocabulary.

    Example:
        >>> variants = Variants({"ọjà": 3, "òjà": 1, "oko": 2})
        >>> variants("oja"), variants("ọjà"), variants("ọkọ̀"), variants("omi")
        (['ọjà', 'òjà'], ['ọjà'], ['oko'], [])
    """

    def __init__(self, words: Collection[str]):
        self._words = words

    def __call__(self, word: str) -> list[str]:
        """The word itself if the vocabulary has it, or else those of its words that have the same key."""
        return [word] if word in self._words else self.family(word)

    def family(self, word: str) -> list[str]:
        """All words of the vocabulary that have the key of this one."""
        key = variant_key(word)
        found = self._latin.get(key, [])
        return [key] * (key in self._words) + (found if key.isascii() else found + self._others.get(key, []))

    @cached_property
    def _latin(self) -> dict[str, list[str]]:
        """Those that may have the key of an ASCII word; of most languages these are few, and quickly found."""
        return _by_key(self._split[True])

    @cached_property
    def _others(self) -> dict[str, list[str]]:
        return _by_key(self._split[False])

    @cached_property
    def _split(self) -> dict[bool, list[str]]:
        """The words beyond ASCII, by whether they have a Latin letter, a number or a sign."""
        words = [word for word in self._words if not word.isascii()]
        split: dict[bool, list[str]] = {True: [], False: []}
        for word, has_latin in zip(words, which_have(words, _LATIN_OR_COMMON).tolist(), strict=True):
            split[has_latin].append(word)
        return split


def _by_key(words: list[str]) -> dict[str, list[str]]:
    """The words that are not their own keys, by their keys."""
    by_key: dict[str, list[str]] = defaultdict(list)
    # All in one text, which is quicker than one after the other.
    for word, key in zip(words, _key("\n".join(words)).split("\n"), strict=True) if words else ():
        if key != word:
            by_key[key].append(word)
    return by_key


class _Letters(dict):
    """For ``str.translate``: what each character becomes in a key, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _letter(chr(code))
        return self[code]


_LETTERS = _Letters()


def _letter(char: str) -> str:
    place = unicodedata.combining(char)
    if char in _JOINERS or place == _NUKTA or place in _POINTS or place >= _FREE:
        return ""
    if char in _ARABIC:
        return _ARABIC[char]
    if not char.isascii() and _LATIN.match(char):
        return anyascii(char).lower()
    name = unicodedata.name(char, "")
    if name.endswith(" SIGN CANDRABINDU"):
        return _named(name.replace("CANDRABINDU", "ANUSVARA")) or char
    if " WITH " in name and unicodedata.category(char)[0] == "L":
        return variant_key(_named(name.partition(" WITH ")[0])) or char
    return char


def _named(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return ""


@lru_cache(maxsize=1)
def _nasals() -> tuple[regex.Pattern, dict[str, str]]:
    """A pattern for a nasal without its vowel before a stop, and the anusvara for each virama."""
    patterns, anusvara_of = [], {}
    for virama in (chr(code) for code in range(0x20000) if unicodedata.combining(chr(code)) == 9):
        script = unicodedata.name(virama).partition(" SIGN ")[0]
        anusvara = _named(f"{script} SIGN ANUSVARA")
        nasals, stops = ("".join(_named(f"{script} LETTER {name}") for name in names) for names in (_NASALS, _STOPS))
        if anusvara and nasals and stops:
            patterns.append(f"[{nasals}]{virama}(?=[{stops}])")
            anusvara_of[virama] = anusvara
    return regex.compile("|".join(patterns)), anusvara_of
