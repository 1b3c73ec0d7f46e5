"""Words in text without spaces, by the words that a lexicon has seen (Thai, Khmer, Lao, Burmese, ...)."""

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

import regex

from pyterrier_optical.tokenise import clean, join_runs, runs

_GRAPHEME = regex.compile(r"\X")
_LONGEST = 25
# A name, in graphemes.
_NAME = range(3, 15)
# A name as its spelling makes it out is as likely as a word that was seen half a time, and the less like it the less.
_NAME_COUNT = 0.5
_NAME_SHARPNESS = 12.0


def graphemes(text: str) -> list[str]:
    """What a reader calls the characters of a text: each base with its marks."""
    return _GRAPHEME.findall(text)


class Segmenter:
    """Cuts a run of letters into the most likely sequence of known words (a unigram model, by Viterbi's algorithm).

    A grapheme that begins no known word stands alone; neighbours of that kind are joined, since they are likely one
    unknown word. So does a name that is spelt like something known, if it is likelier than the short words that its
    letters may be cut into.

    Args:
        counts: Known words and how often each was seen.
        likeness: How much the spelling of some letters is like that of a term of the documents, from 0 to 1; None: no
            names are looked for.

    Example:
        >>> Segmenter({"กิน": 5, "ข้าว": 3})("กินข้าว")
        ['กิน', 'ข้าว']
    """

    def __init__(self, counts: Mapping[str, int], likeness: Callable[[str], float] | None = None):
        total = sum(counts.values()) or 1
        self._likeness = likeness
        self._log_probability = {word: math.log(count / total) for word, count in counts.items() if count > 0}
        self._longest = min(_LONGEST, max(map(len, counts), default=1))
        # Less likely than any word that was seen, so that a known word is always taken.
        self._unknown = math.log(0.1 / total)
        self._name = math.log(_NAME_COUNT / total)
        if likeness:
            self._longest = max(self._longest, _NAME.stop - 1)

    def __bool__(self) -> bool:
        """Whether any word is known."""
        return bool(self._log_probability)

    def __contains__(self, word: str) -> bool:
        return word in self._log_probability

    def __call__(self, run: str) -> list[str]:
        """The words of ``run`` in order; joined they are ``run`` again."""
        letters = graphemes(run)
        best = [0.0] + [-math.inf] * len(letters)
        start_of = [0] * (len(letters) + 1)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self._longest), end):
                score = best[start] + self._score("".join(letters[start:end]), end - start)
                if score > best[end]:
                    best[end], start_of[end] = score, start
        cuts = [len(letters)]
        while cuts[-1]:
            cuts.append(start_of[cuts[-1]])
        pieces = ["".join(letters[start:end]) for end, start in pairwise(cuts)][::-1]
        return self._joined(pieces)

    def _score(self, piece: str, length: int) -> float:
        if piece in self._log_probability:
            return self._log_probability[piece]
        unknown = self._unknown if length == 1 else -math.inf
        if likeness := self._name_likeness(piece, length):
            return max(unknown, self._name - _NAME_SHARPNESS * (1 - likeness))
        return unknown

    def _name_likeness(self, piece: str, length: int) -> float:
        return self._likeness(piece) if self._likeness and length in _NAME else 0.0

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
