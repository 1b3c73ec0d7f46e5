"""What the background and the gloss of a query are worth: every document ranked for every query, a Markdown table.

Usage:

    python benchmarks/scoring.py [--model FOLDER] [--datasets mtop/hi/dev/split ...]

Columns: plain MaxSim; above the background of the checkpoint; with the gloss that `OpticalTranslator` gives; with both;
and the English teacher on the human translation, by plain MaxSim and above a background of its own (the documents of
the sample collection), where there is a translation. AP on MTOP (same intent), nDCG@10 elsewhere.
"""

import argparse

import pandas as pd
import pyterrier as pt

from pyterrier_optical import OpticalTranslator, bm25
from pyterrier_optical.background import Background
from pyterrier_optical.checkpoints import load_encoder
from pyterrier_optical.encoder import TokenEncoder
from pyterrier_optical.exhaustive import ranking_quality
from pyterrier_optical.experiment.evaluation import DATASETS
from pyterrier_optical.experiment.every_document import EveryDocument
from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.experiment.teachers import TEACHER, find_teacher
from pyterrier_optical.frames import GLOSS_SHARE


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="checkpoint folder; default: the shipped model")
    parser.add_argument("--datasets", nargs="+", default=list(DATASETS))
    arguments = parser.parse_args()
    model, (teacher, why_not) = load_encoder(arguments.model), find_teacher(TEACHER)
    if why_not:
        parser.error(why_not)
    sample = pt.get_dataset("optical:sample/sw").get_corpus_iter(verbose=False)
    teacher.background = Background.of(teacher, [document["text"] for document in sample])
    students, teachers, translators = EveryDocument(TokenEncoder(model)), EveryDocument(TokenEncoder(teacher)), {}
    rows = []
    for name in arguments.datasets:
        task = Task(name)
        if task.corpus_key not in translators:
            retriever = bm25(task.dataset, fields="text")
            translators[task.corpus_key] = OpticalTranslator(retriever, model)
        topics = translators[task.corpus_key](task.get_topics())
        plain, plain_teacher = TokenEncoder(model, background=False), TokenEncoder(teacher, background=False)
        english = task.english_topics()
        runs = {
            "plain": students.rank(topics, task.documents, queries=plain),
            "background": students.rank(topics, task.documents),
            "gloss": students.rank(topics, task.documents, queries=plain, gloss=GLOSS_SHARE),
            "both": students.rank(topics, task.documents, gloss=GLOSS_SHARE),
        }
        if english is not None:
            runs["teacher, plain"] = teachers.rank(english, task.documents, queries=plain_teacher)
            runs["teacher, background"] = teachers.rank(english, task.documents)
        values = {label: f"{ranking_quality(task.dataset, run):.3f}" for label, run in runs.items()}
        rows.append({"data set": name, **values})
    print(markdown_table(pd.DataFrame(rows).fillna("")))


if __name__ == "__main__":
    main()
