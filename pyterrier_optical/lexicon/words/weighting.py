"""From the translations of each word to the weighted terms of one query."""

import math
from collections.abc import Mapping, Sequence

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
