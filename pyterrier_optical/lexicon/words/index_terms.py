"""The terms that queries are translated to, with what is known of their frequency."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyterrier_optical.errors import OpticalError
from pyterrier_optical.script.tokenise import fold


@dataclass(frozen=True)
class IndexTerms:
    """The terms of an index.

    Attributes:
        frequencies: The number of documents that each term is in; 0 where that is not known.
        num_docs: Documents in the index; 0 when not known.
        lang: The documents' language, or None.
        folder: Where vectors of the terms may be kept: the folder of the index if it is one of this package; or None.
        term_of: For an index of stems, of which the terms here are whole words, the stem of a word; otherwise None.
    """

    frequencies: Mapping[str, int]
    num_docs: int = 0
    lang: str | None = None
    folder: Path | None = None
    term_of: Callable[[str], str | None] | None = None

    @classmethod
    def of(cls, terms: Mapping[str, int] | Iterable[str]) -> "IndexTerms":
        """Terms with their document frequencies, or terms alone."""
        if isinstance(terms, Mapping):
            # The most frequent term of real text is in nearly every document.
            return cls(terms, max(terms.values(), default=0))
        return cls(dict.fromkeys(terms, 0))

    def merged(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Weighted words, those of one stem as one: the heaviest of them with the weights of all."""
        if self.term_of is None:
            return dict(weights)
        merged: dict[str | None, tuple[str, float]] = {}
        for word, weight in sorted(weights.items(), key=lambda item: -item[1]):
            term = self.term_of(word)
            heaviest, total = merged.get(term, (word, 0.0))
            merged[term] = heaviest, total + weight
        return dict(merged.values())

    def __contains__(self, term: object) -> bool:
        return term in self.frequencies

    def translating(self, max_df: float) -> frozenset[str]:
        """The terms that may translate a word: all that are in at most a share ``max_df`` of the documents."""
        # In a handful of documents every term is in more than such a share of them.
        most = max(max_df * self.num_docs, 1)
        found = frozenset(term for term, frequency in self.frequencies.items() if frequency <= most)
        if not found:
            raise OpticalError(
                "There are no terms to translate to: give an index with documents, or raise max_df "
                f"({len(self.frequencies)} terms, all in more than {most:.0f} documents)."
            )
        return found


def vocabulary_words(tokenizer) -> list[str]:
    """The whole words of ASCII letters in a model's vocabulary, for when there is no index.

    Args:
        tokenizer: A Hugging Face tokenizer.

    Returns:
        Words of two letters or more in the order of their ids, folded, without repetitions.
    """
    marks = "▁Ġ"
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    marked = any(piece[0] in marks for piece, _ in pieces if len(piece) > 1)
    whole = (piece[1:] if marked else piece for piece, _ in pieces if not marked or piece[:1] in marks)
    return list(dict.fromkeys(fold(word) for word in whole if len(word) > 1 and word.isascii() and word.isalpha()))


def digest(terms: Mapping[str, int] | Iterable[str]) -> str:
    """A short hash of terms, to tell translators apart by."""
    listed = sorted(terms.items()) if isinstance(terms, Mapping) else list(terms)
    return hashlib.blake2b(repr(listed).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
