"""Character n-gram neighbours: words of one language that share a stem with a rare word, and so its translations."""

from collections.abc import Sequence

import numpy as np

# Chosen on AfriQA dev, where neighbours help Zulu and Kinyarwanda most.
_NGRAMS = (3, 6)
_FEWEST_LETTERS = 4
_MOST = 10
_LEAST_SIMILAR = 0.4


class Relatives:
    """Finds the words of a list that share most letters in a row with a given one.

    Similarity is the cosine of the words' n-grams of three to six letters, their ends included, weighted by idf: an
    ending that half of a language's words have makes no two of them neighbours.

    Args:
        words: The folded words.

    Example:
        >>> relatives = Relatives(["ubudlelwano", "eningizimu", "umfula"])
        >>> [word for word, similarity in relatives("aseningizimu")]
        ['eningizimu']
    """

    def __init__(self, words: Sequence[str]):
        from sklearn.feature_extraction.text import TfidfVectorizer

        self.words = list(words)
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=_NGRAMS, dtype=np.float32)
        long_enough = [word if len(word) >= _FEWEST_LETTERS else "" for word in self.words]
        self._by_ngram = self._vectorizer.fit_transform(long_enough).T.tocsr() if any(long_enough) else None

    def __call__(self, word: str) -> list[tuple[str, float]]:
        """The neighbours of a word, the nearest first, without the word itself.

        Args:
            word: A folded word.

        Returns:
            At most ten words with their similarity, from .4 to 1.
        """
        if self._by_ngram is None or len(word) < _FEWEST_LETTERS:
            return []
        similarity = self._vectorizer.transform([word]) @ self._by_ngram
        near = similarity.data >= _LEAST_SIMILAR
        found = zip(similarity.indices[near].tolist(), similarity.data[near].tolist(), strict=True)
        named = [(self.words[row], value) for row, value in found if self.words[row] != word]
        return sorted(named, key=lambda item: (-item[1], item[0]))[:_MOST]
