"""OpticalModel: one late-interaction model that hands out its transformers."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.frames.checks import several
from pyterrier_optical.index import OpticalIndex
from pyterrier_optical.rerank.optical import OpticalReranker
from pyterrier_optical.rerank.vectors import DocEncoder, QueryEncoder, VectorScorer
from pyterrier_optical.retrieve.dense import OpticalRetriever
from pyterrier_optical.translate import OpticalTranslator

if TYPE_CHECKING:
    from pyterrier_optical.late.explain import Explanation


@dataclass(eq=False, repr=False)
class OpticalModel(ByArguments):
    """A late-interaction model and where it runs; its methods make the transformers that use it.

    Nothing is loaded until a transformer is used, and all of them share what is loaded then. They share it with those
    made by ``OpticalReranker(model, ...)`` of the same model, device and precision, too.

    Args:
        model: None for the model inside the package, a local checkpoint folder, a hub id, or a loaded
            ``MultiVectorEncoder``.
        device: A torch device name; None picks the accelerator when there is one.
        dtype: The precision, as for `OpticalReranker`.
        batch_size: Texts per forward pass, at most; None: as many as are fast on the device.

    Example:
        >>> model = OpticalModel()
        >>> model.reranker(truncation="passages")
        OpticalReranker(truncation='passages')
        >>> vectors = model.query_encoder() >> model.doc_encoder() >> model.scorer()
    """

    model: Any = None
    _: KW_ONLY
    device: str | None = None
    dtype: str | None = None
    batch_size: int | None = None

    def reranker(self, **options) -> OpticalReranker:
        """An `OpticalReranker`; ``options`` are its own."""
        return OpticalReranker(self.model, **self._options(), **options)

    def retriever(self, corpus, **options) -> OpticalRetriever:
        """An `OpticalRetriever` over a corpus; ``options`` are its own."""
        return OpticalRetriever(corpus, self.model, **self._options(), **options)

    def index(self, path) -> OpticalIndex:
        """An `OpticalIndex` that is made, or was made, with this model."""
        return OpticalIndex(path, self.model, **self._options())

    def translator(self, terms=None, **options) -> OpticalTranslator:
        """An `OpticalTranslator` to the terms of an index; ``options`` are its own."""
        batch: dict[str, Any] = {} if self.batch_size is None else {"batch_size": self.batch_size}
        return OpticalTranslator(terms, self.model, device=self.device, dtype=self.dtype, **batch, **options)

    def query_encoder(self, **options) -> QueryEncoder:
        """Adds ``query_vecs`` and ``query_weights`` to a frame; ``options`` are those of `OpticalReranker`."""
        return QueryEncoder(self.reranker(**options))

    def doc_encoder(self, **options) -> DocEncoder:
        """Adds ``doc_vecs`` to a frame; ``options`` are those of `OpticalReranker`."""
        return DocEncoder(self.reranker(**options))

    def scorer(self, *, normalize: bool = False) -> VectorScorer:
        """Scores a frame by its vectors."""
        return VectorScorer(normalize=normalize)

    def rank(self, query: str, texts: Iterable[str], **options) -> pd.DataFrame:
        """Ranks texts for one query: ``docno`` is a text's number, ``score`` and ``rank`` are the reranker's.

        Args:
            query: In any of the model's languages.
            texts: The documents.
            **options: Those of `OpticalReranker`.

        Raises:
            OpticalError: ``texts`` is one text; as for `OpticalReranker`.

        Example:
            >>> OpticalModel().rank("mto", ["a goat", "a river"])["docno"].tolist()  # doctest: +SKIP
            ['1', '0']
        """
        texts = several(texts)
        frame = pd.DataFrame({"qid": "1", "query": query, "docno": [str(i) for i in range(len(texts))], "text": texts})
        return self.reranker(**options)(frame).sort_values("rank", ignore_index=True)

    def explain(self, query: str, text: str, **options) -> "Explanation":
        """Shows which word of a query met which word of a text; ``options`` are those of `OpticalReranker.explain`.

        Example:
            >>> OpticalModel().explain("mto", "a river").frame["document_word"].tolist()  # doctest: +SKIP
            ['river', 'river', 'river', 'river']
        """
        return self.reranker().explain(query, text, **options)

    def _options(self) -> dict:
        return {"device": self.device, "dtype": self.dtype, "batch_size": self.batch_size}
