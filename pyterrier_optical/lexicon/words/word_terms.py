"""Which terms stand for each word of a query: itself, a name inside it, what the lexicon says, what lies nearest."""

from collections import Counter
from collections.abc import Sequence
from copy import copy
from typing import NamedTuple, Protocol

from pyterrier_optical.lexicon.table import Lexicon
from pyterrier_optical.lexicon.words.document_languages import document_languages
from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.lexicon.words.names import after_capital, at_an_end, from_capital, is_form_of
from pyterrier_optical.lexicon.words.spelling import SpeltTerms
from pyterrier_optical.lexicon.words.weighting import WordTerms, bag, scaled
from pyterrier_optical.script.segment import lexicon_words
from pyterrier_optical.script.tokenise import fold, is_spaceless, join_runs, runs, words

#: The words of one text in order, each with its terms.
Plan = list[tuple[str, WordTerms]]

# Prior counts, chosen on AfriQA dev. A word that the bitext has less often than _RARE is also judged by its spelling
# and by its character n-gram neighbours.
_RARE = 5
_SPELT_NAME_COUNTS = 4.0
_SPELT_WORD_COUNTS = 0.3
_RELATIVE_COUNTS = 2.0
# Prior counts for a word that is itself an index term: how often it counts as seen with an identity translation.
_SELF_NAME_COUNTS = 20.0
_SELF_WORD_COUNTS = 1.0
# The same for a name with scattered translations. Some bitext replaces the places of the English side by local ones:
# Nairobi is aligned with New York in a third of its counts, and with Chicago and London in a tenth each. A capital
# tells such a name from a verb with as many translations, and the count from function words, which are more frequent.
# In small letters the length tells it from both: words that two languages share by chance are short.
_SELF_SCATTERED_NAME_COUNTS = 500.0
_FEWEST_LETTERS = 5
_MOST_SCATTERED = 0.35
# A word with the letters of an English one is often a name or a loan; 'europa' is too rare in English to be one.
# Chosen by the words of tests/query/test_everyday_words.py, not on a development set.
_ENGLISH = {"en": 1.0}
_LEAST_OF_FORM = 0.3


class _LookedUp(NamedTuple):
    """What the lexicon says of a word.

    Attributes:
        terms: Terms that may translate it, with weights that add up to `telling`.
        telling: How likely it is to be one of these, and not a term that too many documents have; 1 if it is
            unknown.
        unknown: Whether nothing is known of it.
    """

    terms: WordTerms
    telling: float
    unknown: bool = False


class NearWord(NamedTuple):
    """A word and its nearest terms.

    Attributes:
        text: The word, as in the text.
        spaceless: Whether its script has no spaces between words, so that this is a piece of the model's tokenizer.
        terms: Terms with weights that add up to 1; none when no term is near or the model does not know the word.
    """

    text: str
    spaceless: bool
    terms: WordTerms


class Nearest(Protocol):
    """What finds nearest terms, such as `NearestWords`."""

    def __call__(self, texts: Sequence[str]) -> list[list[NearWord]]:
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
        self._spelt_terms = SpeltTerms(index.frequencies)
        self._segmenter = self.lexicon.segmenter
        self._document_languages = document_languages(index, self.lexicon)

    def with_nearest(self, nearest: Nearest, lexicon_share: float) -> "WordTranslator":
        """The same translator, with a second way."""
        other = copy(self)
        other.nearest, other.lexicon_share = nearest, lexicon_share
        return other

    def with_terms(self, translating: frozenset[str]) -> "WordTranslator":
        """The same translator, with other terms that may be translations."""
        other = copy(self)
        other.translating = translating
        return other

    def translate(self, texts: Sequence[str]) -> list[Plan]:
        """The terms of each word of each text; see :meth:`OpticalTranslator.translate`.

        Args:
            texts: Normalised texts.
        """
        texts = [join_runs(text) for text in texts]
        cut = [list(lexicon_words(text, self._segmenter)) for text in texts]
        if self.nearest is None:
            near = [[NearWord(word, spaceless, {}) for word, spaceless in in_text] for in_text in cut]
        else:
            near = self.nearest(texts)
        return [self._plan(*query) for query in zip(texts, near, cut, strict=True)]

    def _plan(self, text: str, near: list[NearWord], cut: list[tuple[str, bool]]) -> Plan:
        languages = {self.lang: 1.0} if self.lang else self.lexicon.guess([fold(word) for word, _ in cut])
        passing = self._passing_ngrams(text)
        # Where there are no spaces, the model's pieces and the lexicon's words do not coincide: both are kept.
        segmented = [
            (word, terms)
            for word, spaceless in cut
            if spaceless and not passing and (terms := self._looked_up(word, languages).terms)
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
        term = fold(word, self.index.lang)
        if term in self.index and self._stands_for_itself(word, languages):
            return {term: 1.0}
        if name := after_capital(word, self.index):
            return {name: 1.0}
        looked_up = self._looked_up(word, languages)
        seen = self.lexicon.count(fold(word), languages) > 0
        if looked_up.unknown or not seen:
            if name := at_an_end(word, self.index):
                return {name: 1.0}
            if _may_be_a_name(word) and (spelt := self._spelt(word)):
                return spelt
        # What stems and spelling say of a word that was never seen takes nothing from the nearest terms.
        telling = looked_up.telling if seen else 1.0
        if not nearest or not telling:
            return looked_up.terms
        if not looked_up.terms:
            return nearest
        near = scaled(nearest, (1 - self.lexicon_share) * telling)
        return bag([scaled(looked_up.terms, self.lexicon_share), near])

    def _stands_for_itself(self, word: str, languages: dict[str, float]) -> bool:
        """Whether a word that is a term of the index is more likely that term than a word of its own language.

        Names and numbers are; Hausa *da*, and, is not, although an English document may name Leonardo da Vinci. A
        translation that is another form of the word, as 'Nigerian' is of 'Nigeria', speaks for the word itself. Where
        documents are in the query's language, all words are.
        """
        if any(map(str.isdigit, word)):
            return True
        folded = fold(word)
        documents = dict.fromkeys(languages.keys() & {"en", *self._document_languages}, 1.0)
        # A word or two tell little of their language: a word of the documents' is believed while theirs is possible.
        if sum(languages[lang] for lang in documents) > 0.5 or self.lexicon.count(folded, documents):
            return True
        seen = self.lexicon.count(folded, languages)
        translations = self.lexicon.translations(folded, languages)
        itself = seen * sum(weight for term, weight in translations.items() if self._is_itself(term, folded))
        prior = _self_counts(word, translations)
        return itself + prior >= 0.5 * (seen + prior)

    def _is_itself(self, term: str, word: str) -> bool:
        """Whether a translation is the word, or another form of it: 'Nigerian' of 'Nigeria', which is English too."""
        if term == word or not is_form_of(term, word):
            return term == word
        of_word, of_term = (self.lexicon.count(english, _ENGLISH) for english in (word, term))
        return of_word > 0 and of_word >= _LEAST_OF_FORM * of_term

    def _looked_up(self, word: str, languages: dict[str, float]) -> _LookedUp:
        """The lexicon's terms for a word.

        A rare word is judged by its spelling as well: a name by the terms that are spelt like it, and any word by the
        words that share its stem, whose translations may be its own. With c the word's count in the bitext, s the
        similarity of a relative, and P a distribution over terms, the weights are proportional to

            c P(lexicon) + a P(spelling) + sum over relatives of 2 s^3 P(relative)

        with a = 4 for a name; .3 for a word without a capital, or 0 where the bitext has it.
        """
        folded = fold(word)
        seen = self.lexicon.count(folded, languages)
        terms = self.lexicon.translations(folded, languages)
        if seen < _RARE:
            spelt = scaled(self._spelt(word), _SPELT_NAME_COUNTS if _may_be_a_name(word) else _SPELT_WORD_COUNTS)
            spelt = spelt if _may_be_a_name(word) or not seen else {}
            terms = bag([scaled(terms, seen), spelt, *self._of_relatives(folded, languages)])
        # The share of what no document says is that of the other terms; that of what too many say tells nothing.
        terms = {term: weight for term, weight in terms.items() if weight > 0 and term in self.index}
        if not terms:
            return _LookedUp({}, 1.0, unknown=True)
        terms = scaled(terms, 1 / sum(terms.values()))
        telling = {term: weight for term, weight in terms.items() if term in self.translating}
        return _LookedUp(telling, sum(telling.values()))

    def _spelt(self, word: str) -> WordTerms:
        if not self._by_spelling or is_spaceless(word):
            return {}
        spelt = self._spelt_terms(from_capital(word) or word)
        return {term: weight for term, weight in spelt.items() if term in self.translating}

    def _of_relatives(self, word: str, languages: dict[str, float]) -> list[WordTerms]:
        return [
            scaled(self.lexicon.translations(relative, languages), _RELATIVE_COUNTS * similarity**3)
            for relative, similarity in self.lexicon.relatives(word, languages)
        ]


def _self_counts(word: str, translations: WordTerms) -> float:
    """The prior count of an identity translation, for a word that is a term of the index."""
    if (word[:1].isupper() or len(word) >= _FEWEST_LETTERS) and _scattered(translations):
        return _SELF_SCATTERED_NAME_COUNTS
    return _SELF_NAME_COUNTS if _may_be_a_name(word) else _SELF_WORD_COUNTS


def _scattered(translations: WordTerms) -> bool:
    """Whether a word has many translations and none that is likely."""
    return max(translations.values(), default=0.0) < _MOST_SCATTERED * sum(translations.values())


def _may_be_a_name(word: str) -> bool:
    """Whether a word is capitalised, after its prefix if it has one; a script without capitals leaves that open."""
    return not (from_capital(word) or word)[:1].islower()
