"""Names among the letters of a script whose way of writing names is known: a noisy channel from the index's terms."""

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from itertools import islice, takewhile

from pyterrier_optical.lexicon.transliteration import Transliteration, as_heard
from pyterrier_optical.lexicon.words.weighting import WordTerms, shares
from pyterrier_optical.lexicon.words.written_consonants import WrittenConsonants
from pyterrier_optical.script.segment import graphemes

# Letters of no word and no name: the log-probability of each grapheme.
_ANY_GRAPHEME = -5.5
_SAID_OTHERWISE = 0.5
_LENGTHS = range(4, 26)
# Nearly all names have this many letters for each that they are written with.
_LEAST_LENGTH, _MOST_LENGTH = 0.6, 1.8
# So many terms with the same consonants are asked about, the most frequent ones.
_MOST_TERMS = 500
_LEAST_SHARE = 0.02


class TransliteratedNames:
    """Finds the terms of an index that some letters of a script without spaces may be a name for.

    That letters stand at a place in a text because they write a term (Knight and Graehl 1998) has the probability

        P(term) P(letters | term) / sqrt(1 + s)

    with the term's share of all document frequencies, what the transliteration says, and s how often words of such
    scripts are translated by the term in the bitext: what has a word of its own is hardly written by its sound. Terms
    for which it is less than e^-5.5 for each grapheme, as for letters at random, are none. Only terms of 4 to 25
    letters that are likely written with the same consonants are asked about, and of these the 500 most frequent.

    Args:
        frequencies: Terms and the number of documents that each is in.
        transliteration: How the script writes names.
        said: How often words of scripts without spaces are translated by a term in the bitext; 0 for terms that it
            lacks.
        words: The number of running words of the bitext, by which the segmenter counts.

    Example:
        >>> letters = {("ด", "d"): 0.2, ("เน", "en"): 0.2, ("ว", "v"): 0.2, ("e", "e"): 0.2, ("ร์", "r"): 0.2}
        >>> names = TransliteratedNames({"denver": 3, "driver": 90}, Transliteration(letters), words=1000)
        >>> names("เดนเวอร์")
        {'denver': 1.0}
        >>> round(names.count("เดนเวอร์")), names.count("กิน")
        (32, 0.0)
    """

    def __init__(
        self,
        frequencies: Mapping[str, int],
        transliteration: Transliteration,
        said: Mapping[str, float] | None = None,
        *,
        words: int,
    ):
        self._frequencies = frequencies
        self._transliteration = transliteration
        self._consonants = WrittenConsonants(transliteration)
        self._said = said or {}
        self._words = words
        self.count = lru_cache(maxsize=1 << 16)(self._count)

    def __call__(self, letters: str) -> WordTerms:
        """The terms that letters may be a name for.

        Args:
            letters: Letters of a script without spaces.

        Returns:
            Terms with weights that add up to 1; none when none is likely.
        """
        return shares(self._log_probabilities(letters, -math.inf), _LEAST_SHARE)

    def writes(self, letters: str) -> bool:
        """Whether letters are of the script whose names these are."""
        return self._transliteration.writes(as_heard(letters))

    def _count(self, letters: str, least: float = -math.inf) -> float:
        """How often letters that are a name count as having been seen: their probability times the bitext's words.

        Args:
            letters: Letters of the script.
            least: A log-probability; terms for which these letters are less likely need no count.
        """
        return self._words * math.fsum(map(math.exp, self._log_probabilities(letters, least).values()))

    def _log_probabilities(self, letters: str, least: float) -> dict[str, float]:
        heard, least = as_heard(letters), max(least, _ANY_GRAPHEME * len(graphemes(letters)))
        consonants = self._consonants.of_letters(heard)
        # Terms come in the order of their priors; from some on, none would be likely enough even if surely written so.
        likely = takewhile(lambda term: self._priors[term] > least, self._written_with.get(consonants, ()))
        as_long = (term for term in likely if _LEAST_LENGTH <= len(term) / len(heard) <= _MOST_LENGTH)
        asked = {term: least - self._priors[term] for term in islice(as_long, _MOST_TERMS)}
        written = self._transliteration.log_probabilities(heard, asked)
        return {term: self._priors[term] + value for term, value in written.items()}

    @cached_property
    def _written_with(self) -> dict[str, list[str]]:
        """The terms that are likely written with some consonants, the likeliest term first."""
        found = defaultdict(list)
        for term in sorted(self._priors):
            for consonants in self._consonants.of_name(term) if len(term) in _LENGTHS else ():
                if consonants:
                    found[consonants].append(term)
        return {consonants: sorted(terms, key=self._priors.get, reverse=True) for consonants, terms in found.items()}

    @cached_property
    def _priors(self) -> dict[str, float]:
        frequencies = {term: max(frequency, 1) for term, frequency in self._frequencies.items()}
        all_words = sum(frequencies.values())
        return {
            term: math.log(frequency / all_words) - _SAID_OTHERWISE * math.log1p(self._said.get(term, 0.0))
            for term, frequency in frequencies.items()
            if term.isascii() and term.isalpha()
        }
