"""The words of a text with the index terms nearest to them in the model's space."""

import math
from collections.abc import Sequence

from pyterrier_optical.late.word_vectors import WordEncoder
from pyterrier_optical.lexicon.words.weighting import WordTerms, scaled
from pyterrier_optical.lexicon.words.word_terms import NearWord
from pyterrier_optical.translate.nearest_terms import NearestTerms


class NearestWords:
    """Finds the nearest terms of the words of a text.

    Args:
        encoder: Gives each word a vector in the context of its text.
        table: The terms and their vectors.
        num_terms: Most terms for one word.
        threshold: Least cosine of a term.
        temperature: Weights are softmax(cosine / temperature).
    """

    def __init__(self, encoder: WordEncoder, table: NearestTerms, num_terms: int, threshold: float, temperature: float):
        self.encoder, self.table = encoder, table
        self.num_terms, self.threshold, self.temperature = num_terms, threshold, temperature

    def __call__(self, texts: Sequence[str]) -> list[list[NearWord]]:
        """The words of each text in order.

        Args:
            texts: Any texts.
        """
        found, vectors = self.encoder.words(texts)
        rows = [word.row for in_text in found for word in in_text if word.row is not None]
        near = map(self._spread, self.table.search(vectors[rows], self.num_terms))
        spread: dict[int | None, WordTerms] = dict(zip(rows, near, strict=True))
        return [[NearWord(word.text, word.spaceless, spread.get(word.row, {})) for word in words] for words in found]

    def _spread(self, nearest: list[tuple[str, float]]) -> WordTerms:
        """Weights that add up to 1 for terms with their cosines, best first."""
        best = nearest[0][1]
        weights = {
            term: math.exp((cosine - best) / self.temperature) for term, cosine in nearest if cosine > self.threshold
        }
        return scaled(weights, 1 / sum(weights.values())) if weights else {}
