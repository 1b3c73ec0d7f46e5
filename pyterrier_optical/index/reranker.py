"""IndexReranker: OpticalReranker without encoding documents again."""

from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.limits import check_positive
from pyterrier_optical.query.gloss import GLOSS_SHARE, GlossReader, check_gloss
from pyterrier_optical.rerank.text_reranker import BLOCK_TOKENS, TextReranker


@dataclass(eq=False, repr=False)
class IndexReranker(GlossReader, TextReranker):
    """Reranks documents by MaxSim with the token vectors of an index; their texts are not needed.

    Scores are those of `OpticalReranker` with the same models and limits, up to the precision of the stored vectors.

    Args:
        index: the documents, an `OpticalIndex`.
        missing: what happens to a document that is not in the index: "error" refuses it and names its docno, "text"
            encodes its text, which the frame then must have.
        text_field: as for `OpticalReranker`, where ``missing`` is "text": the ``fields`` of the index, if any.
        max_query_tokens: a query's tokens, markers included, at most what the model takes; None for its own limit.
        normalize: as for `OpticalReranker`.
        gloss: as for `OpticalReranker`.
        lexicon: as for `OpticalReranker`.

    Raises:
        OpticalError: an argument is out of its range.

    Example:
        >>> bm25 >> OpticalIndex("my-index").reranker()   # doctest: +SKIP
    """

    index: Any
    _: KW_ONLY
    missing: str = "error"
    text_field: str | Iterable[str] | None = None
    max_query_tokens: int | None = None
    normalize: bool = False
    gloss: float = GLOSS_SHARE
    lexicon: Any = None

    def __post_init__(self) -> None:
        if self.missing not in ("error", "text"):
            raise OpticalError(
                f"missing={shown(self.missing)}: choose 'error' or 'text' for documents outside the index."
            )
        check_positive("max_query_tokens", self.max_query_tokens)
        self._check_fields()
        check_gloss(self.gloss)

    @property
    def model(self):
        """The query model, which says whether the lexicon inside the package fits."""
        return self.index.query_model

    @property
    def encoders(self):
        """The index's own; documents are pooled as those of the index."""
        from pyterrier_optical.late.pooling import pooling

        queries, documents = self.index.encoders
        return queries, pooling(documents, self.index.meta.settings.pool_factor)

    @property
    def max_document_tokens(self) -> int | None:  # type: ignore[override]
        """The limit of the index's documents."""
        return self.index.meta.settings.max_document_tokens

    @property
    def truncation(self) -> str:  # type: ignore[override]
        """How the index's documents were cut."""
        return self.index.meta.settings.truncation

    def validate(self, inp: pd.DataFrame, *, context: pt.Transformer) -> None:
        """As for `OpticalReranker`; without ``missing="text"`` no text is needed."""
        if self.missing == "text":
            super().validate(inp, context=context)
        else:
            pt.validate.result_frame(inp, extra_columns=["query"], context=context)

    def _scores(self, inp: pd.DataFrame) -> np.ndarray:
        from pyterrier_optical.late.scoring import score_blocks
        from pyterrier_optical.query.encoding import encode_queries

        tokens = self.index.tokens
        document_index, docnos = pd.factorize(inp["docno"])
        positions = tokens.docnos.positions([str(docno) for docno in docnos])
        missing = (positions < 0)[document_index]
        if missing.any() and self.missing == "error":
            raise OpticalError(
                f"The document {shown(inp['docno'].iloc[int(np.argmax(missing))])} is not in the index "
                f"'{self.index.path}': append it, or use missing='text' to encode its text."
            )
        query_index, queries = encode_queries(self, self.encoders[0], inp)
        scores = np.zeros(len(inp))
        if missing.any():
            scores[missing] = self._text_scores(inp[missing], query_index[missing], queries)
        known = np.flatnonzero(positions >= 0)
        if len(known):

            def read(block: list[int]):
                found = tokens.select(positions[known[block]])
                found.passages.values = found.passages.values.to(queries.values.device)
                return found.passages, found.parts.numpy()

            number = np.zeros(len(positions), dtype=np.int64)
            number[known] = np.arange(len(known))
            scores[~missing] = score_blocks(
                queries,
                read,
                tokens.sizes[positions[known]].tolist(),
                query_index[~missing],
                number[document_index[~missing]],
                normalize=self.normalize,
                block_tokens=BLOCK_TOKENS,
            )
        return scores
