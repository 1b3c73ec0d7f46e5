"""From the translations of each word to the weighted terms of one query."""

from collections.abc import Sequence

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
