"""Words in text without spaces, by the words that a lexicon has seen (Thai, Khmer, Lao, Burmese, ...)."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import regex

from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import join_runs, runs

_GRAPHEME = regex.compile(r"\X")
_LONGEST = 25
# In graphemes.
_NAME_LENGTHS = range(3, 15)
# Thai and Lao write some vowels before the consonant that they follow, and some after it: no word ends with one of the
# first kind or begins with one of the second.
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_FOLLOWING_VOWELS = frozenset("ะาๅະາ")

# From a grapheme: where each next word would end, and its log-probability.
Steps = Mapping[int, float]


def graphemes(text: str) -> list[str]:
    """What a reader calls the characters of a text: each base with its marks."""
    return _GRAPHEME.findall(text)


class Segmenter:
    """Cuts a run of letters into the most likely sequence of known words (a unigram model, by Viterbi's algorithm).

    A grapheme that begins no known word stands alone; neighbours of that kind are joined, since they are likely one
    unknown word. Letters that are likely a name are one word, where known words would be rarer.

    Args:
        counts: Known words and how often each was seen.
        name: Says of letters how often they count as having been seen because they may be a name, 0 for those that are
            none. None: no names are looked for.

    Example:
        >>> Segmenter({"กิน": 5, "ข้าว": 3})("กินข้าว")
        ['กิน', 'ข้าว']
    """

    def __init__(self, counts: Mapping[str, int], name: Callable[[str], float] | None = None):
        total = sum(counts.values()) or 1
        self._name = name
        self._log_probability = {word: math.log(count / total) for word, count in counts.items() if count > 0}
        self._longest = min(_LONGEST, max(map(len, counts), default=1))
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
        steps = [self._words_from(letters, start) for start in range(len(letters))]
        if self._name:
            names = [self._names_from(letters, start, steps[start], self._name) for start in range(len(letters))]
            steps = [{**words, **named} for words, named in zip(steps, names, strict=True)]
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

    def _names_from(self, letters: list[str], start: int, words: Steps, name: Callable[[str], float]) -> Steps:
        """The likely names that begin at a grapheme, but known words."""
        steps = {}
        for end in range(start + _NAME_LENGTHS[0], min(start + _NAME_LENGTHS[-1], len(letters)) + 1):
            if end not in words and _may_be_name(letters, start, end):
                count = name("".join(letters[start:end]))
                if count:
                    steps[end] = math.log(count / self._total)
        return steps

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


def _may_be_name(letters: list[str], start: int, end: int) -> bool:
    cuts_a_vowel = not _FOLLOWING_VOWELS.isdisjoint([letters[start], *letters[end : end + 1]])
    return letters[end - 1] not in _LEADING_VOWELS and not cuts_a_vowel


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
