"""Every query against every document by MaxSim: what a model can do before any first stage limits it."""

import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt

from pyterrier_optical.datasets.mtop import WithoutTranslation
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.maxsim import maxsim_matrix
from pyterrier_optical.query.encoding import encode_with_gloss
from pyterrier_optical.query.gloss import glosses_of

WITHOUT_TRANSLATION = "without-translation"


def exhaustive_run(
    topics: pd.DataFrame,
    documents: pd.DataFrame,
    query_encoder: TokenEncoder,
    document_encoder: TokenEncoder | None = None,
    *,
    gloss: float = 0.0,
) -> pd.DataFrame:
    """Ranks all documents for every query.

    Args:
        topics: Columns `qid` and `query`, and `query_gloss` where it is to count.
        documents: Columns `docno` and `text`.
        query_encoder: Encodes the queries.
        document_encoder: Encodes the documents; None for the queries' encoder.
        gloss: The share of the glosses in the scores, as for `OpticalReranker`.

    Returns:
        A result frame: `qid`, `query`, `docno`, `score`, `rank`.

    Example:
        >>> exhaustive_run(dataset.get_topics(), documents, TokenEncoder(load_encoder()))  # doctest: +SKIP
    """
    asked = topics["query"].tolist()
    glosses = glosses_of(topics, gloss)
    if glosses is None:
        queries = query_encoder.queries(asked)
    else:
        queries = encode_with_gloss(query_encoder, asked, glosses.tolist(), gloss)
    texts = (document_encoder or query_encoder).documents(documents["text"].tolist())
    scores = maxsim_matrix(queries, texts).cpu().numpy()
    order = np.argsort(-scores, axis=1, kind="stable")
    run = pd.DataFrame(
        {
            "qid": np.repeat(topics["qid"].to_numpy(), len(documents)),
            "query": np.repeat(topics["query"].to_numpy(), len(documents)),
            "docno": documents["docno"].to_numpy()[order].ravel(),
            "score": np.take_along_axis(scores, order, axis=1).ravel(),
        }
    )
    return pt.model.add_ranks(run)


def ranking_measure(dataset: pt.datasets.Dataset) -> ir_measures.Measure:
    """What a ranking of all documents is judged by: AP on MTOP, where many are relevant, nDCG@10 elsewhere."""
    return ir_measures.AP if _has_translations(dataset) else ir_measures.nDCG @ 10


def ranking_quality(dataset: pt.datasets.Dataset, run: pd.DataFrame) -> float:
    """Judges a ranking of all documents of a data set of this package, by `ranking_measure`.

    On MTOP a query's own translation is left out of ranking and judgments: finding it is what students are trained
    for. What counts is whether other utterances of the same intent are found.

    Args:
        dataset: With its judgments.
        run: A result frame for its queries, not cut off.

    Returns:
        The mean over queries with judgments; a query that is not in ``run`` counts 0.
    """
    qrels = dataset.get_qrels()
    if _has_translations(dataset):
        run, qrels = WithoutTranslation()(run), dataset.get_qrels(WITHOUT_TRANSLATION)
    measure = ranking_measure(dataset)
    judged = pt.model.to_ir_measures(qrels), pt.model.to_ir_measures(run)
    return float(ir_measures.calc_aggregate([measure], *judged)[measure])


def _has_translations(dataset: pt.datasets.Dataset) -> bool:
    return WITHOUT_TRANSLATION in dataset.collection.qrels_variants
