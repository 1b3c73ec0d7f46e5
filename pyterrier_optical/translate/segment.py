"""Words in text without spaces, by the words that a lexicon has seen (Thai, Khmer, Lao, Burmese, ...)."""

import math
from collections.abc import Callable, Iterator, Mapping

import regex

from pyterrier_optical.tokenise import clean, join_runs, runs

_GRAPHEME = regex.compile(r"\X")
_LONGEST = 25
# In graphemes.
_NAME_LENGTHS = range(3, 15)
# Thai and Lao write some vowels before the consonant that they follow, and some after it: no word ends with one of the
# first kind or begins with one of the second.
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_FOLLOWING_VOWELS = frozenset("ะาๅະາ")


def graphemes(text: str) -> list[str]:
    """What a reader calls the characters of a text: each base with its marks."""
    return _GRAPHEME.findall(text)


class Segmenter:
    """Cuts a run of letters into the most likely sequence of known words (a unigram model, by Viterbi's algorithm).

    A grapheme that begins no known word stands alone; neighbours of that kind are joined, since they are likely one
    unknown word. Letters that are likely a name are one word, where known words would be rarer.

    Args:
        counts: Known words and how often each was seen.
        name: How often letters count as having been seen because they may be a name, 0 for those that are none; None:
            no names are looked for.

    Example:
        >>> Segmenter({"กิน": 5, "ข้าว": 3})("กินข้าว")
        ['กิน', 'ข้าว']
    """

    def __init__(self, counts: Mapping[str, int], name: Callable[[str], float] | None = None):
        total = sum(counts.values()) or 1
        self._name = name
        self._log_probability = {word: math.log(count / total) for word, count in counts.items() if count > 0}
        longest = min(_LONGEST, max(map(len, counts), default=1))
        self._longest = max(longest, _NAME_LENGTHS[-1]) if name else longest
        # Less likely than any word that was seen, so that a known word is taken rather than its letters.
        self._unknown = math.log(0.1 / total)
        self._total = total

    def __bool__(self) -> bool:
        """Whether any word is known."""
        return bool(self._log_probability)

    def __contains__(self, word: str) -> bool:
        return word in self._log_probability

    def __call__(self, run: str) -> list[str]:
        """The words of ``run`` in order; joined they are ``run`` again."""
        return self._joined(self._pieces(graphemes(run)))

    def _pieces(self, letters: list[str]) -> list[str]:
        best = [0.0] + [-math.inf] * len(letters)
        start_of = [0] * (len(letters) + 1)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self._longest), end):
                score = best[start] + self._score(letters, start, end)
                if score > best[end]:
                    best[end], start_of[end] = score, start
        pieces, end = [], len(letters)
        while end:
            pieces.append("".join(letters[start_of[end] : end]))
            end = start_of[end]
        return pieces[::-1]

    def _score(self, letters: list[str], start: int, end: int) -> float:
        piece = "".join(letters[start:end])
        if piece in self._log_probability:
            return self._log_probability[piece]
        if end - start == 1:
            return self._unknown
        count = self._name(piece) if self._name and _may_be_name(letters, start, end) else 0.0
        return math.log(count / self._total) if count else -math.inf

    def _joined(self, pieces: list[str]) -> list[str]:
        words: list[str] = []
        unknown_before = False
        for piece in pieces:
            unknown = piece not in self._log_probability and len(graphemes(piece)) == 1
            if unknown and unknown_before:
                words[-1] += piece
            else:
                words.append(piece)
            unknown_before = unknown
        return words


def _may_be_name(letters: list[str], start: int, end: int) -> bool:
    cuts_a_vowel = not _FOLLOWING_VOWELS.isdisjoint([letters[start], *letters[end : end + 1]])
    return end - start in _NAME_LENGTHS and letters[end - 1] not in _LEADING_VOWELS and not cuts_a_vowel


def lexicon_words(text: str, segment: Segmenter) -> Iterator[tuple[str, bool]]:
    """The words of a text as a lexicon has them.

    Args:
        text: Any text; spaces between letters of a script without spaces do not count.
        segment: For the runs of such scripts.

    Yields:
        Each word as it is written, and whether its script has no spaces.
    """
    text = join_runs(clean(text))
    for start, end, spaceless in runs(text):
        if spaceless:
            yield from ((word, True) for word in segment(text[start:end]))
        else:
            yield text[start:end], False
