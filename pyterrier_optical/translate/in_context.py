"""Which of the terms that may translate a word its query means, by the model's vectors."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from pyterrier_optical.late.word_vectors import WordEncoder
from pyterrier_optical.lexicon.words.weighting import WordTerms
from pyterrier_optical.lexicon.words.word_terms import Plan

# Both chosen on AfriQA dev and MTOP dev. A term with a lower probability is no candidate.
_LEAST_CHOSEN = 0.15
# The weight of a cosine of 1 beside the logarithm of a probability.
_COSINE_WEIGHT = 10.0


class TermsInContext:
    """Chooses one term for each word of a text: the likeliest that is near to what the text says.

    A lexicon knows what a word most often means, and not what it means here: Hausa *ƙasa* is a country, or soil. Of the
    terms with a probability p of .15 or more it is the one of highest

        log p + 10 max over words w of the text cos(w, term)

    with the text's words in its context and the term as a text of its own. The model need not know the word itself:
    that the text's other words are about farming says soil as well.

    Args:
        encoder: Gives words and terms their vectors.

    Example:
        >>> TermsInContext(encoder)(["ƙasar noma"], [[("ƙasar", {"country": 0.4, "soil": 0.3})]])  # doctest: +SKIP
        [[('ƙasar', {'soil': 0.4})]]
    """

    def __init__(self, encoder: WordEncoder):
        self.encoder = encoder
        self._vectors: dict[str, Tensor] = {}  # at most one for each term of the index

    def __call__(self, texts: Sequence[str], plans: Sequence[Plan]) -> list[Plan]:
        """Leaves each word that has a choice the term that it means.

        Args:
            texts: The texts.
            plans: Their words with the terms that may translate them, by probability.

        Returns:
            The plans; where a word has a choice, with the chosen term alone, as probable as the likeliest was.
        """
        choosing = [i for i, plan in enumerate(plans) if any(len(_choices(terms)) > 1 for _, terms in plan)]
        if not choosing:
            return list(plans)
        self._encode({term for i in choosing for _, terms in plans[i] for term in _choices(terms)})
        words, vectors = self.encoder.words([texts[i] for i in choosing])
        chosen = list(plans)
        for i, in_text in zip(choosing, words, strict=True):
            context = vectors[[word.row for word in in_text if word.row is not None]]
            chosen[i] = [(word, self._meant(terms, context)) for word, terms in plans[i]]
        return chosen

    def _encode(self, terms: set[str]) -> None:
        if new := sorted(term for term in terms if term not in self._vectors):
            self._vectors.update(zip(new, self.encoder.alone(new), strict=True))

    def _meant(self, terms: WordTerms, context: Tensor) -> WordTerms:
        choices = _choices(terms)
        if len(choices) < 2 or not len(context):
            return terms
        nearness = (torch.stack([self._vectors[term] for term in choices]) @ context.T).amax(1).tolist()
        fit = {
            term: math.log(probability) + _COSINE_WEIGHT * cosine
            for (term, probability), cosine in zip(choices.items(), nearness, strict=True)
        }
        return {max(fit, key=fit.__getitem__): max(choices.values())}


def _choices(terms: WordTerms) -> WordTerms:
    return {term: probability for term, probability in terms.items() if probability >= _LEAST_CHOSEN}
