"""Which terms stand for each word of a query: itself, a name inside it, what the lexicon says, what lies nearest."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from pyterrier_optical.tokenise import fold, join_runs, runs, words
from pyterrier_optical.translate.index_terms import IndexTerms
from pyterrier_optical.translate.lexicon import Lexicon
from pyterrier_optical.translate.names import after_capital, at_an_end, from_capital
from pyterrier_optical.translate.segment import Segmenter, lexicon_words
from pyterrier_optical.translate.spelling import SpeltTerms
from pyterrier_optical.translate.weighting import WordTerms, bag, scaled

if TYPE_CHECKING:
    from pyterrier_optical.translate.nearest_words import NearWord

#: The words of one text in order, each with its terms.
Plan = list[tuple[str, WordTerms]]

# A word that the bitext has less often is also judged by its spelling, which counts as having seen it so often.
_RARE = 5
_SPELT_COUNTS = 4.0
_RELATIVE_COUNTS = 2.0


class Nearest(Protocol):
    """What finds nearest terms, such as `NearestWords`."""

    def __call__(self, texts: Sequence[str]) -> "list[list[NearWord]]":
        """The words of each text with their nearest terms."""


class WordTranslator:
    """Translates texts word by word, in up to two ways that share the weight of a word.

    Args:
        index: The terms of the index.
        translating: Those of them that may be translations.
        nearest: Finds nearest terms; None: the lexicon alone.
        lexicon: The lexicon; None: nearest terms alone.
        lang: The texts' language; None: guessed from each text's words.
        lexicon_share: The lexicon's share of the weight of a word that both ways translate.
    """

    def __init__(
        self,
        index: IndexTerms,
        translating: frozenset[str],
        nearest: Nearest | None,
        lexicon: Lexicon | None,
        *,
        lang: str | None = None,
        lexicon_share: float = 0.5,
    ):
        self.index, self.translating, self.nearest, self.lang = index, translating, nearest, lang
        self.lexicon = lexicon or Lexicon([], {})
        self._by_spelling = lexicon is not None
        self.lexicon_share = lexicon_share if nearest else 1.0
        self._segmenter = Segmenter(self.lexicon.spaceless_counts)

    def translate(self, texts: Sequence[str]) -> list[Plan]:
        """The terms of each word of each text; see :meth:`OpticalTranslator.translate`.

        Args:
            texts: Texts that went through :func:`pyterrier_optical.tokenise.clean`.
        """
        texts = [join_runs(text) for text in texts]
        cut = [list(lexicon_words(text, self._segmenter)) for text in texts]
        if self.nearest is None:
            near = [[(word, spaceless, {}) for word, spaceless in in_text] for in_text in cut]
        else:
            near = self.nearest(texts)
        return [self._plan(*query) for query in zip(texts, near, cut, strict=True)]

    def _plan(self, text: str, near: "list[NearWord]", cut: list[tuple[str, bool]]) -> Plan:
        languages = {self.lang: 1.0} if self.lang else self.lexicon.guess([fold(word) for word, _ in cut])
        passing = self._passing_ngrams(text)
        # Where there are no spaces, the model's pieces and the lexicon's words do not coincide: both are kept.
        segmented = [
            (word, terms)
            for word, spaceless in cut
            if spaceless and not passing and (terms := self._looked_up(word, languages))
        ]
        share = self.lexicon_share if segmented else 0.0
        plan: Plan = []
        for word, spaceless, nearest in near:
            if not spaceless:
                plan.append((word, self._translated(word, nearest, languages)))
            elif self.nearest is not None and not passing:
                plan.append((word, scaled(nearest, 1 - share)))
        return plan + passing + [(word, scaled(terms, share)) for word, terms in segmented]

    def _passing_ngrams(self, text: str) -> Plan:
        """The n-grams of a text's runs without spaces that are terms, if the documents are in such a script.

        They are when they have at least half of the n-grams; names and digits in other documents do not reach that. The
        n-grams are those of whole runs, as documents are indexed: neither a model's pieces nor a lexicon's words have
        the n-grams across their ends.
        """
        stretches = [text[start:end] for start, end, spaceless in runs(text) if spaceless]
        ngrams = [ngram for stretch in stretches for ngram in words(stretch, self.index.lang)]
        known = Counter(ngram for ngram in ngrams if ngram in self.index)
        return [(ngram, {ngram: float(count)}) for ngram, count in known.items() if 2 * known.total() >= len(ngrams)]

    def _translated(self, word: str, nearest: WordTerms, languages: dict[str, float]) -> WordTerms:
        if (term := fold(word, self.index.lang)) in self.index:
            return {term: 1.0}
        if name := after_capital(word, self.index):
            return {name: 1.0}
        looked_up = self._looked_up(word, languages)
        if not looked_up or not self.lexicon.count(fold(word), languages):
            if name := at_an_end(word, self.index):
                return {name: 1.0}
            if spelt := self._spelt(word):
                return spelt
        if not looked_up or not nearest:
            return looked_up or nearest
        return bag([scaled(looked_up, self.lexicon_share), scaled(nearest, 1 - self.lexicon_share)])

    def _looked_up(self, word: str, languages: dict[str, float]) -> WordTerms:
        """The lexicon's terms for a word that may translate it, with weights that add up to 1.

        A rare word is judged by its spelling as well: a name by the terms that are spelt like it, and any word by the
        words that share its stem, whose translations may be its own. With c the word's count in the bitext, s the
        similarity of a relative, and P a distribution over terms, the weights are proportional to

            c P(lexicon) + 4 P(spelling) + sum over relatives of 2 s^3 P(relative)
        """
        folded = fold(word)
        seen = self.lexicon.count(folded, languages)
        terms = self.lexicon.translations(folded, languages)
        if seen < _RARE:
            spelt = {} if seen and not _may_be_a_name(word) else self._spelt(word)
            terms = bag([scaled(terms, seen), scaled(spelt, _SPELT_COUNTS), *self._of_relatives(folded, languages)])
        terms = {term: weight for term, weight in terms.items() if weight > 0 and term in self.translating}
        return scaled(terms, 1 / sum(terms.values())) if terms else {}

    def _spelt(self, word: str) -> WordTerms:
        return self._spelt_terms(from_capital(word) or word) if self._by_spelling else {}

    def _of_relatives(self, word: str, languages: dict[str, float]) -> list[WordTerms]:
        return [
            scaled(self.lexicon.translations(relative, languages), _RELATIVE_COUNTS * similarity**3)
            for relative, similarity in self.lexicon.relatives(word, languages)
        ]

    @cached_property
    def _spelt_terms(self) -> SpeltTerms:
        frequencies = self.index.frequencies.items()
        return SpeltTerms({term: frequency for term, frequency in frequencies if term in self.translating})


def _may_be_a_name(word: str) -> bool:
    """Whether a word is capitalised, after its prefix if it has one; a script without capitals leaves that open."""
    first = (from_capital(word) or word)[:1]
    return not first.islower()
