"""How the model and BM25 are best fused: every document ranked for every query by both, a Markdown table.

Usage:

    python benchmarks/fusion.py [--datasets afriqa/ha/train ...]

Columns: the model with gloss; BM25 for the translated query; reciprocal-rank fusion of both; and score fusion, by the
weight of BM25. AP on MTOP (same intent), nDCG@10 elsewhere.
"""

import argparse

import pandas as pd
import pyterrier as pt

from pyterrier_optical import OpticalTranslator, bm25
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.experiment.every_document import EveryDocument
from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.query.gloss import GLOSS_SHARE
from pyterrier_optical.retrieve.exhaustive import ranking_quality
from pyterrier_optical.retrieve.fusion.reciprocal_rank import reciprocal_rank_fusion
from pyterrier_optical.retrieve.fusion.score import score_fusion

DATASETS = (
    *(f"afriqa/{lang}/train" for lang in ("ha", "ig", "zu", "rw")),
    *(f"mtop/{lang}/dev/split" for lang in ("hi", "de")),
)
WEIGHTS = (0.1, 0.2, 0.3, 0.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--datasets", nargs="+", default=list(DATASETS))
    names = parser.parse_args().datasets
    model, stages, rows = load_encoder(), {}, []
    every = EveryDocument(TokenEncoder(model))
    for name in pt.tqdm(names, unit="data set"):
        task = Task(name)
        if task.corpus_key not in stages:
            retriever = bm25(task.dataset, fields="text", num_results=len(task.documents))
            stages[task.corpus_key] = retriever, OpticalTranslator(retriever, model)
        retriever, translator = stages[task.corpus_key]
        topics = translator(task.get_topics())
        glossed, lexical = every.rank(topics, task.documents, gloss=GLOSS_SHARE), retriever(topics)
        runs = {
            "model": glossed,
            "BM25": lexical,
            "ranks": reciprocal_rank_fusion(glossed, lexical, num_results=None),
        }
        for weight in WEIGHTS:
            weights = (1 - weight, weight)
            runs[f"scores, {weight}"] = score_fusion(glossed, lexical, weights=weights, num_results=None)
        values = {label: f"{ranking_quality(task.dataset, run):.3f}" for label, run in runs.items()}
        rows.append({"data set": name, **values})
    print(markdown_table(pd.DataFrame(rows)))


if __name__ == "__main__":
    main()
