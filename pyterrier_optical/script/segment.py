"""Words in text without spaces, by the words that a lexicon has seen (Thai, Khmer, Lao, Burmese, ...)."""

import math
from collections.abc import Iterator, Mapping, Sequence

import regex

from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import join_runs, runs

_GRAPHEME = regex.compile(r"\X")
# In graphemes: bounds the search, not tuned.
_LONGEST = 25
# From a grapheme: where each next word would end, and its log-probability.
Steps = Mapping[int, float]


def graphemes(text: str) -> list[str]:
    """What a reader calls the characters of a text: each base with its marks."""
    return _GRAPHEME.findall(text)


class Segmenter:
    """Cuts a run of letters into the most likely sequence of known words (a unigram model, by Viterbi's algorithm).

    A grapheme that begins no known word stands alone; neighbours of that kind are joined, since they are likely one
    unknown word.

    Args:
        counts: Known words and how often each was seen.

    Example:
        >>> Segmenter({"กิน": 5, "ข้าว": 3})("กินข้าว")
        ['กิน', 'ข้าว']
    """

    def __init__(self, counts: Mapping[str, int]):
        total = sum(counts.values()) or 1
        self._log_probability = {word: math.log(count / total) for word, count in counts.items() if count > 0}
        self._longest = min(_LONGEST, max(map(len, counts), default=1))
        # Less likely than any word that was seen, so that a known word is taken rather than its letters.
        self._unknown = math.log(0.1 / total)

    def __bool__(self) -> bool:
        """Whether any word is known."""
        return bool(self._log_probability)

    def __contains__(self, word: str) -> bool:
        return word in self._log_probability

    def __call__(self, run: str) -> list[str]:
        """The words of ``run`` in order; joined they are ``run`` again."""
        return self._joined(self._pieces(graphemes(run)))

    def _pieces(self, letters: list[str]) -> list[str]:
        steps = [self._words_from(letters, start) for start in range(len(letters))]
        start_of = _likeliest(steps)
        pieces, end = [], len(letters)
        while end:
            pieces.append("".join(letters[start_of[end] : end]))
            end = start_of[end]
        return pieces[::-1]

    def _words_from(self, letters: list[str], start: int) -> Steps:
        """The known words that begin at a grapheme, and the grapheme alone."""
        steps, word = {}, ""
        for end in range(start + 1, min(start + self._longest, len(letters)) + 1):
            word += letters[end - 1]
            if word in self._log_probability:
                steps[end] = self._log_probability[word]
        return {start + 1: self._unknown} | steps

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


def _likeliest(steps: Sequence[Steps]) -> dict[int, int]:
    """Where the last step of the likeliest way to each grapheme began."""
    best, start_of = {0: 0.0}, {}
    for start, ends in enumerate(steps):
        for end, step in ends.items():
            if best[start] + step > best.get(end, -math.inf):
                best[end], start_of[end] = best[start] + step, start
    return start_of


def lexicon_words(text: str, segment: Segmenter) -> Iterator[tuple[str, bool]]:
    """The words of a text as a lexicon has them.

    Args:
        text: Any text; spaces between letters of a script without spaces do not count.
        segment: For the runs of such scripts.

    Yields:
        Each word as it is written, and whether its script has no spaces.
    """
    text = join_runs(normalise(text))
    for start, end, spaceless in runs(text):
        if spaceless:
            yield from ((word, True) for word in segment(text[start:end]))
        else:
            yield text[start:end], False
