"""IndexRetriever: search in an OpticalIndex."""

from dataclasses import dataclass
from typing import Any

from pyterrier_optical.retrieve.dense.token_retriever import TokenRetriever


@dataclass(eq=False, repr=False)
class IndexRetriever(TokenRetriever):
    """Retrieves by MaxSim between the token vectors of a query and those of an index.

    Scores and results are those of `OpticalRetriever`, which keeps the same vectors in memory.

    Args:
        index: the documents, an `OpticalIndex`.
        num_results: most documents for one query.
        exact_limit: the largest number of documents that each query meets all of.
        candidates: documents that a query meets in larger indexes, and so can find at most.
        max_query_tokens: a query's tokens, markers included, at most what the model takes; None for its own limit.
        normalize: as for `OpticalRetriever`.
        verbose: show progress bars at once; otherwise one appears for work that takes over two seconds.
        gloss: as for `OpticalReranker`.
        lexicon: as for `OpticalReranker`.

    Raises:
        OpticalError: an argument is out of its range.

    Example:
        >>> OpticalIndex("my-index").retriever(num_results=100)   # doctest: +SKIP
    """

    index: Any

    @property
    def model(self):
        """The query model, which says whether the lexicon inside the package fits."""
        return self.index.query_model

    @property
    def truncation(self) -> str:
        """How the index's documents were cut."""
        return self.index.meta.settings.truncation

    @property
    def tokens(self):
        """The index's `TokenIndex`."""
        return self.index.tokens

    @property
    def encoders(self):
        """The index's own."""
        return self.index.encoders
