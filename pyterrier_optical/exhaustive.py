"""Every query against every document by MaxSim: what a model can do before any first stage limits it."""

import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.encoder import TokenEncoder
from pyterrier_optical.maxsim import maxsim_matrix


def exhaustive_run(
    topics: pd.DataFrame,
    documents: pd.DataFrame,
    query_encoder: TokenEncoder,
    document_encoder: TokenEncoder | None = None,
    *,
    depth: int | None = None,
) -> pd.DataFrame:
    """Ranks all documents for every query.

    Args:
        topics: Columns `qid` and `query`.
        documents: Columns `docno` and `text`.
        query_encoder: Encodes the queries.
        document_encoder: Encodes the documents; None for the queries' encoder.
        depth: Keep so many documents per query; None keeps all.

    Returns:
        A result frame: `qid`, `query`, `docno`, `score`, `rank`.

    Example:
        >>> exhaustive_run(dataset.get_topics(), documents, TokenEncoder(load_encoder()))  # doctest: +SKIP
    """
    queries = query_encoder.queries(topics["query"].tolist())
    texts = (document_encoder or query_encoder).documents(documents["text"].tolist())
    scores = maxsim_matrix(queries, texts).cpu().numpy()
    depth = min(depth or scores.shape[1], scores.shape[1])
    order = np.argsort(-scores, axis=1, kind="stable")[:, :depth]
    run = pd.DataFrame(
        {
            "qid": np.repeat(topics["qid"].to_numpy(), depth),
            "query": np.repeat(topics["query"].to_numpy(), depth),
            "docno": documents["docno"].to_numpy()[order].ravel(),
            "score": np.take_along_axis(scores, order, axis=1).ravel(),
        }
    )
    return pt.model.add_ranks(run)
