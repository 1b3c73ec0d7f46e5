"""From the translations of each word to the weighted terms of one query."""

import math
from collections.abc import Mapping, Sequence

from pyterrier_optical.lexicon.words.index_terms import IndexTerms

WordTerms = dict[str, float]


def bag(plan: Sequence[WordTerms]) -> WordTerms:
    """Adds up the weights of terms over the words of a query."""
    total: WordTerms = {}
    for terms in plan:
        for term, weight in terms.items():
            total[term] = total.get(term, 0.0) + weight
    return total


def scaled(terms: WordTerms, factor: float) -> WordTerms:
    """Terms with all weights multiplied by one number."""
    return {term: weight * factor for term, weight in terms.items()}


def shares(logarithms: Mapping[str, float], least: float = 0.0) -> WordTerms:
    """Weights that add up to 1, from the logarithms of what terms weigh against each other.

    Args:
        logarithms: Terms and the logarithms.
        least: Terms with a smaller share than this are left out.

    Example:
        >>> shares({"cat": -700.0, "kitten": -700.0})
        {'cat': 0.5, 'kitten': 0.5}
    """
    best = max(logarithms.values(), default=0.0)
    weights = {term: math.exp(value - best) for term, value in logarithms.items()}
    total = sum(weights.values())
    kept = {term: weight for term, weight in weights.items() if weight >= least * total}
    total = sum(kept.values())
    return {term: weight / total for term, weight in kept.items()}


def idf_of_the_word(terms: WordTerms, index: IndexTerms) -> WordTerms:
    """Weights by which all terms of a word count with the idf of the word instead of their own.

    The document frequency of the word is that of its translations, mixed by their weights (Darwish and Oard 2003,
    eq. 4): df(w) = sum over t of p(t | w) df(t). Without it BM25 prefers the rarest translation, which is most often a
    wrong one. A retriever multiplies a term's weight by idf(t), so p(t | w) idf(w) / idf(t) is what it is given.

    Args:
        terms: The terms of one word and their weights.
        index: With document frequencies; where there are none, the weights stay as they are.

    Example:
        >>> index = IndexTerms({"cat": 9, "felis": 1}, num_docs=99)
        >>> weights = idf_of_the_word({"cat": 0.9, "felis": 0.1}, index)
        >>> weights["felis"] < 0.1 < 0.9 < weights["cat"]
        True
    """
    if len(terms) < 2 or not index.num_docs:
        return terms
    total = sum(terms.values())
    mixed = sum(weight * index.frequencies[term] for term, weight in terms.items()) / total
    idf = _idf(mixed, index.num_docs)
    return {term: weight * idf / _idf(index.frequencies[term], index.num_docs) for term, weight in terms.items()}


def _idf(frequency: float, num_docs: int) -> float:
    # BM25's idf can be 0 or less; here it divides.
    return math.log((num_docs + 1) / (min(frequency, num_docs) + 0.5))
