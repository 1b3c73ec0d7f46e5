"""Words in text without spaces, by the words that a lexicon has seen (Thai, Khmer, Lao, Burmese, ...)."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import regex

from pyterrier_optical.tokenise import clean, join_runs, runs

_GRAPHEME = regex.compile(r"\X")
_LONGEST = 25
# A name, in graphemes.
_NAME = range(3, 15)
# A name as its spelling makes it out is as likely as a word that was seen a thousandth of a time, since it may be any
# of many terms, and the less like it the less.
_NAME_COUNT = 0.001
_NAME_SHARPNESS = 12.0
# Thai and Lao write these before the consonant that they follow: no word ends with one.
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
# In a large index some term is spelt like any letters: names are looked for only where a cut has rarer words than this.
_COMMON = 5


def graphemes(text: str) -> list[str]:
    """What a reader calls the characters of a text: each base with its marks."""
    return _GRAPHEME.findall(text)


class Segmenter:
    """Cuts a run of letters into the most likely sequence of known words (a unigram model, by Viterbi's algorithm).

    A grapheme that begins no known word stands alone; neighbours of that kind are joined, since they are likely one
    unknown word. Where letters would fall into rare words or unknown ones, those that are spelt like a term of the
    documents may be a name instead, which is one word.

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
        self._counts = counts
        self._likeness = likeness
        self._log_probability = {word: math.log(count / total) for word, count in counts.items() if count > 0}
        self._longest = min(_LONGEST, max(map(len, counts), default=1))
        # Less likely than any word that was seen, so that a known word is taken rather than its letters.
        self._unknown = math.log(0.1 / total)
        self._name = math.log(_NAME_COUNT / total)

    def __bool__(self) -> bool:
        """Whether any word is known."""
        return bool(self._log_probability)

    def __contains__(self, word: str) -> bool:
        return word in self._log_probability

    def __call__(self, run: str) -> list[str]:
        """The words of ``run`` in order; joined they are ``run`` again."""
        letters = graphemes(run)
        cuts = self._cuts(letters)
        if self._likeness and any(doubtful := self._doubtful(letters, cuts)):
            cuts = self._cuts(letters, doubtful)
        return self._joined(_pieces(letters, cuts))

    def _cuts(self, letters: list[str], doubtful: Sequence[bool] = ()) -> list[int]:
        """Where the likeliest pieces begin and end; pieces with a doubtful letter may be names."""
        longest = max(self._longest, _NAME.stop - 1) if doubtful else self._longest
        best = [0.0] + [-math.inf] * len(letters)
        start_of = [0] * (len(letters) + 1)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - longest), end):
                piece, may_be_name = "".join(letters[start:end]), any(doubtful[start:end])
                score = best[start] + self._score(piece, end - start, may_be_name)
                if score > best[end]:
                    best[end], start_of[end] = score, start
        cuts = [len(letters)]
        while cuts[-1]:
            cuts.append(start_of[cuts[-1]])
        return cuts[::-1]

    def _score(self, piece: str, length: int, may_be_name: bool) -> float:
        if piece in self._log_probability:
            return self._log_probability[piece]
        unknown = self._unknown if length == 1 else -math.inf
        may_be_name = may_be_name and length in _NAME and piece[-1] not in _LEADING_VOWELS
        if may_be_name and (likeness := self._likeness(piece)):
            return max(unknown, self._name - _NAME_SHARPNESS * (1 - likeness))
        return unknown

    def _doubtful(self, letters: list[str], cuts: list[int]) -> list[bool]:
        """For each letter whether it stands in a word that is rare or unknown."""
        pieces = zip(_pieces(letters, cuts), pairwise(cuts), strict=True)
        return [self._counts.get(piece, 0) < _COMMON for piece, (start, end) in pieces for _ in range(start, end)]

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


def _pieces(letters: list[str], cuts: list[int]) -> list[str]:
    return ["".join(letters[start:end]) for start, end in pairwise(cuts)]


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
