"""Token pooling: fewer vectors for a document, the means of clusters of similar ones.

Clavié, Chaffin and Adams, "Reducing the Footprint of Multi-Vector Retrieval with Minimal Performance Impact via Token
Pooling", 2024 (arXiv 2409.14683). Clusters are those of Ward's linkage on cosine distance, as sentence-transformers
makes them; the first vector of a text is kept as it is.
"""

from collections.abc import Sequence

import torch

from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors


class PoolingEncoder(TokenEncoder):
    """An encoder whose documents have some ``1 / pool_factor`` of their vectors; queries have all.

    Args:
        encoder: Encodes the texts.
        pool_factor: At least 1.
    """

    def __init__(self, encoder: TokenEncoder, pool_factor: float):
        super().__init__(
            encoder.model,
            batch_tokens=encoder.batch_tokens,
            batch_texts=encoder.batch_texts,
            verbose=encoder.verbose,
        )
        self.pool_factor = pool_factor

    def documents(
        self, texts: Sequence[str], max_tokens: int | None = None, *, sizes: Sequence[int] | None = None
    ) -> TokenVectors:
        """Encodes texts as documents; arguments and result as for `TokenEncoder.queries`, with fewer vectors."""
        return pooled(super().documents(texts, max_tokens, sizes=sizes), self.pool_factor)


def pooling(encoder: TokenEncoder, pool_factor: float) -> TokenEncoder:
    """The encoder itself where nothing is pooled, else its `PoolingEncoder`."""
    return encoder if pool_factor == 1 else PoolingEncoder(encoder, pool_factor)


def pooled(vectors: TokenVectors, pool_factor: float) -> TokenVectors:
    """The vectors of each text, pooled.

    Args:
        vectors: Those of documents, without weights.
        pool_factor: At least 1; a text keeps its first vector, and for n others n // pool_factor means of unit length,
            at least one.

    Example:
        >>> vectors = TokenVectors(torch.eye(3)[[0, 1, 1, 2, 2]], torch.tensor([0, 5, 5]))
        >>> pooled(vectors, 2).values.tolist(), pooled(vectors, 2).lengths.tolist()
        ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], [3, 0])
    """
    from sentence_transformers.multi_vector_encoder.modules import HierarchicalTokenPooling

    each = vectors.values.split(vectors.lengths.tolist())
    found = HierarchicalTokenPooling(pool_factor).pool([rows for rows in each if len(rows)])
    if not found:
        return vectors
    counts = vectors.lengths.clone()
    counts[counts > 0] = torch.tensor([len(rows) for rows in found])
    return TokenVectors(torch.cat(found), torch.cat([counts.new_zeros(1), counts.cumsum(0)]))
