"""Glosses: the lexicon translation of a query, word by word, as a text."""

from collections.abc import Sequence

from pyterrier_optical.lexicon.table import Lexicon
from pyterrier_optical.lexicon.words.index_terms import IndexTerms
from pyterrier_optical.lexicon.words.word_terms import Plan, WordTranslator
from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import fold

# A term with a lower probability is left out of the gloss: it misleads more often than it helps. Chosen on AfriQA dev
# among .15, .2, .25 and .3.
_LEAST_SAID = 0.2


class LexiconGlosses:
    """Glosses by the terms of a lexicon alone: without an index and without a model.

    Args:
        lexicon: The lexicon.

    Example:
        >>> LexiconGlosses(load_lexicon(None))(["maji safi"])  # doctest: +SKIP
        ['water clean']
    """

    def __init__(self, lexicon: Lexicon):
        index = IndexTerms.of(lexicon.terms)
        self._words = WordTranslator(index, frozenset(index.frequencies), None, lexicon)

    def __call__(self, texts: Sequence[str]) -> list[str]:
        """The gloss of each text; empty where it would repeat the text."""
        return [gloss_text(plan) for plan in self._words.translate([normalise(text).strip() for text in texts])]


def gloss_text(plan: Plan, lang: str | None = None) -> str:
    """The likeliest term of each word of a plan, where any is likely; empty where these are the words themselves.

    Args:
        plan: The words of a query with their terms.
        lang: The language of the terms, whose spelling rules tell whether a word is a term.

    Example:
        >>> gloss_text([("maji", {"water": 0.8, "sea": 0.2}), ("safi", {"clean": 0.1})])
        'water'
    """
    likeliest = [(word, *max(terms.items(), key=lambda item: item[1])) for word, terms in plan if terms]
    said = [(word, term) for word, term, weight in likeliest if weight >= _LEAST_SAID]
    # Hindi's 'yaad dilaen', remind, is two words that each mean it.
    said = [pair for pair, before in zip(said, [("", ""), *said], strict=False) if pair[1] != before[1]]
    return " ".join(term for _, term in said) if any(fold(word, lang) != term for word, term in said) else ""
