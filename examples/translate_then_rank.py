"""Translate, then rank, against translating only the words of the index: an experiment on the small sample.

Run: python examples/translate_then_rank.py [QUERY_LANGUAGE [TRANSLATION_MODEL]]

Queries in Swahili (or the given language of the sample) over 150 English documents, all inside the package: a
demonstration, no benchmark. The human translation is the upper bound of any translation model. A model is a folder or a
hub id such as Helsinki-NLP/opus-mt-sw-en.
"""

import sys

import pyterrier as pt
from ir_measures import R, nDCG

from pyterrier_optical import OpticalReranker, OpticalTranslator, bm25
from pyterrier_optical.mt import ColumnQueryTranslator, MTQueryTranslator


def main(lang: str = "sw", model: str | None = None) -> None:
    """Prints one row for each first stage, and one for each with the reranker behind it."""
    dataset = pt.get_dataset(f"optical:sample/{lang}")
    human = pt.get_dataset("optical:sample/en").get_topics().rename(columns={"query": "query_translated"})
    topics = dataset.get_topics().merge(human[["qid", "query_translated"]], on="qid")
    retriever = bm25(dataset) % 50
    systems = {
        "raw": retriever,
        "words": OpticalTranslator() >> retriever,
        "human": ColumnQueryTranslator() >> retriever,
    }
    if model:
        systems["machine"] = MTQueryTranslator(model, source_lang=lang) >> retriever
    reranker = dataset.text_loader() >> OpticalReranker()
    systems |= {f"{name}+rerank": first >> reranker for name, first in systems.items()}
    table = pt.Experiment(
        list(systems.values()), topics, dataset.get_qrels(), [R @ 20, nDCG @ 10], names=list(systems), round=3
    )
    print(table.to_string(index=False))


if __name__ == "__main__":
    main(*sys.argv[1:3])
