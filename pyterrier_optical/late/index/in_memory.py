"""A corpus in memory: the index behind `OpticalRetriever`."""

import numpy as np

from pyterrier_optical.base.progress import progress
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.index.encoding import DocumentEncoder, distinct, groups
from pyterrier_optical.late.index.settings import EncodingSettings
from pyterrier_optical.late.index.token_index import TokenIndex


def encode_corpus(
    corpus, encoder: TokenEncoder, settings: EncodingSettings | None = None, *, verbose: bool = False
) -> TokenIndex:
    """Encodes each document once.

    Args:
        corpus: the documents, a `Corpus`; those without a token that the model knows are never found.
        encoder: encodes them.
        settings: how.
        verbose: as for `pyterrier_optical.base.progress`.

    Returns:
        The documents in corpus order.

    Raises:
        OpticalError: the corpus is empty or unfit, a docno comes twice, a document is too long and that is an error.
    """
    seen: dict[str, None] = {}
    work = DocumentEncoder(encoder, settings or EncodingSettings())
    bar = progress(corpus, desc="Encoding documents", unit="doc", verbose=verbose, total=corpus.count)
    shards = [work.shard(group) for group in groups(distinct(bar, seen))]
    if not seen:
        raise OpticalError("The corpus has no documents: there is nothing to search.")
    work.notices.warn()
    return TokenIndex(np.array([*seen], object), shards, encoder.dim)
