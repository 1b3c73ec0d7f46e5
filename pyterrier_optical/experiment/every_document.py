"""Ranking every document of a corpus with one encoder."""

from collections.abc import Sequence

import pandas as pd

from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.retrieve.exhaustive import exhaustive_run


class EveryDocument:
    """Ranks all documents for every query; documents that data sets in a row share are encoded once.

    Args:
        encoder: Encodes queries and documents; a `SentenceEncoder` ranks by cosine.
    """

    def __init__(self, encoder: TokenEncoder):
        self.encoder = encoder
        self._texts: tuple[str, ...] | None = None

    def rank(self, topics: pd.DataFrame, documents: pd.DataFrame, *, gloss: float = 0.0) -> pd.DataFrame:
        """A result frame, not cut off.

        Args:
            topics: As for `exhaustive_run`.
            documents: Likewise.
            gloss: As for `exhaustive_run`.
        """
        # Of the document encoder only `documents` is called.
        return exhaustive_run(topics, documents, self.encoder, self, gloss=gloss)  # type: ignore[arg-type]

    def documents(self, texts: Sequence[str]) -> TokenVectors:
        """As `TokenEncoder.documents`, remembering the last corpus."""
        if self._texts != tuple(texts):
            self._vectors = self.encoder.documents(texts)
            self._texts = tuple(texts)
        return self._vectors
