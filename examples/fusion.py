"""BM25 by translated terms, dense retrieval, the two fused, and the fusion reranked: an experiment on the small sample.

Run: python examples/fusion.py [QUERY_LANGUAGE]

Queries in Swahili (or the given language of the sample) over 150 English documents, all inside the package: a
demonstration, no benchmark.
"""

import sys

import pyterrier as pt
from ir_measures import R, nDCG

from pyterrier_optical import OpticalReranker, OpticalRetriever, OpticalTranslator, ReciprocalRankFusion, bm25


def main(lang: str = "sw") -> None:
    """Prints one row for each system."""
    dataset = pt.get_dataset(f"optical:sample/{lang}")
    # Each encodes or indexes the documents once; `%` says how many of its results count.
    retriever, vectors = bm25(dataset), OpticalRetriever(dataset)
    # It leaves terms for BM25, and for the model a gloss of the query.
    translator = OpticalTranslator(retriever)
    lexical, dense = translator >> retriever % 50, translator >> vectors % 50
    # The scores are of different kinds, and the model's grow with the query: ranks are what can be added up.
    fused = translator >> ReciprocalRankFusion(retriever % 50, vectors % 50)
    reranked = fused % 50 >> dataset.text_loader() >> OpticalReranker()
    table = pt.Experiment(
        [lexical, dense, fused, reranked],
        dataset.get_topics(),
        dataset.get_qrels(),
        [R @ 20, nDCG @ 10],
        names=["lexical", "dense", "fused", "reranked"],
        round=3,
    )
    print(table.to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:2])
