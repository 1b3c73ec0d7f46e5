"""Words of any script: the one tokeniser that indexing, querying and translating share.

A word is a run of letters, marks and numbers (Unicode general categories L, M and N). ``\\w`` will not do: it leaves
out the marks, and a Devanagari or Burmese word falls to pieces at its vowel signs.

Scripts written without spaces have no such words. Their runs become graphemes (what a reader calls one character: a
base with its marks) and overlapping pairs of graphemes, the usual choice for ideographs. It served Thai documents and
queries better than longer n-grams and than words found by a segmenter.
"""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import NamedTuple

import numpy as np
import regex

from pyterrier_optical.script import IDEOGRAPHIC, SOUTH_EAST_ASIAN, char_class, normalise, which_have

#: Changes when the same text would give other words, which makes an index out of date. 2: one normalisation for all.
TOKENISER_VERSION = 2
#: Longest word in characters. The rest of a longer one is cut off, on both sides, so that it still matches itself.
MAX_WORD_LENGTH = 64

# The long-vowel mark of kana has no script of its own.
_SPACELESS = char_class(SOUTH_EAST_ASIAN + IDEOGRAPHIC) + r"\u30fc"
_LETTER = rf"[\p{{L}}&&[{_SPACELESS}]]"
_RUN = regex.compile(
    rf"(?P<spaceless>{_LETTER}[{_LETTER}\p{{M}}\u200c\u200d]*)"
    rf"|[[\p{{L}}\p{{N}}]--{_LETTER}][[\p{{L}}\p{{M}}\p{{N}}\u200c\u200d]--{_LETTER}]*",
    regex.V1,
)
_SPACELESS_LETTER = regex.compile(_LETTER, regex.V1)
_ASCII_WORD = re.compile(r"[0-9a-z]+")
_GRAPHEME = regex.compile(r"\X")
# White space between two letters of these scripts parts phrases or comes from a segmenter, never from the word: a text
# must find itself whether or not it was segmented.
_SPACE_WITHIN = regex.compile(
    rf"(?<=[[\p{{L}}\p{{M}}]&&[{_SPACELESS}]])\s+(?={_LETTER})",
    regex.V1,
)
_DOTTED_I = {"tr", "tur", "az", "aze"}


class Run(NamedTuple):
    """A stretch of text between separators.

    Attributes:
        start: Index of its first character.
        end: Index after its last character.
        spaceless: Whether its script has no spaces between words; if not, the run is a word.
    """

    start: int
    end: int
    spaceless: bool


def is_spaceless(word: str) -> bool:
    """Whether a word has letters of a script that is written without spaces.

    Example:
        >>> is_spaceless("ข้าว"), is_spaceless("चावल")
        (True, False)
    """
    return not word.isascii() and _SPACELESS_LETTER.search(word) is not None


def which_are_spaceless(words: Collection[str]) -> np.ndarray:
    """What :func:`is_spaceless` says of each of many words: (n_words,) bool."""
    return which_have(words, _SPACELESS_LETTER)


def join_runs(text: str) -> str:
    """``text`` without the white space between letters of scripts that are written without spaces.

    Example:
        >>> join_runs("กิน ข้าว 2 จาน")
        'กินข้าว 2 จาน'
    """
    return text if text.isascii() else _SPACE_WITHIN.sub("", text)


def runs(text: str) -> Iterator[Run]:
    """The words, and the runs of scripts without spaces, in a normalised text.

    Example:
        >>> [("รักแมว2ตัว"[start:end], spaceless) for start, end, spaceless in runs("รักแมว2ตัว")]
        [('รักแมว', True), ('2', False), ('ตัว', True)]
    """
    for match in _RUN.finditer(text):
        yield Run(match.start(), match.end(), match.lastgroup is not None)


def is_one_spaceless_run(text: str) -> bool:
    """Whether a text is nothing but letters of a script without spaces.

    Example:
        >>> is_one_spaceless_run("ข้าว"), is_one_spaceless_run("ข้าว 2"), is_one_spaceless_run("rice")
        (True, False, False)
    """
    return list(runs(text)) == [(0, len(text), True)]


@lru_cache(maxsize=65536)
def fold(word: str, lang: str | None = None) -> str:
    """The index form of one word: normalised, caseless, at most :data:`MAX_WORD_LENGTH` characters.

    Case is folded rather than lowered, so that 'STRASSE' and 'Straße' meet; folding may undo the normal form, which is
    therefore applied again. The dot that folding leaves over the Turkish capital İ is dropped.

    Example:
        >>> fold("STRASSE") == fold("Straße"), fold("२०२४")
        (True, '2024')
    """
    word = normalise(word)
    if lang in _DOTTED_I:
        word = word.replace("I", "ı")
    return normalise(word.casefold().replace("i\u0307", "i"))[:MAX_WORD_LENGTH]


def words(text: str, lang: str | None = None) -> list[str]:
    """Splits a text into the words that stand for it in an index, in order and with repetitions.

    Args:
        text: Any text, in any script or a mixture of scripts; may be empty.
        lang: ISO 639 code of its language, where known; it matters to Turkish and Azerbaijani only.

    Returns:
        Normalised and case-folded words; where the script has no spaces, graphemes and pairs of graphemes.

    Example:
        >>> words("The *Ọ̀yọ́* Empire (c. 1300)")
        ['the', 'ọ̀yọ́', 'empire', 'c', '1300']
        >>> words("กินข้าว") == words("กิน ข้าว")
        True
        >>> words("東京都")
        ['東', '東京', '京', '京都', '都']
    """
    if text.isascii() and lang not in _DOTTED_I:
        return [word[:MAX_WORD_LENGTH] for word in _ASCII_WORD.findall(text.lower())]
    text = join_runs(normalise(text))
    found = []
    for start, end, spaceless in runs(text):
        found += _ngrams(text[start:end]) if spaceless else [fold(text[start:end], lang)]
    return found


def _ngrams(run: str) -> list[str]:
    graphemes = [grapheme[: MAX_WORD_LENGTH // 2] for grapheme in _GRAPHEME.findall(run)]
    pairs = (left + right for left, right in pairwise(graphemes))
    return [word for words in zip_longest(graphemes, pairs) for word in words if word]
