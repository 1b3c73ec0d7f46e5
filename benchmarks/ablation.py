"""What each part of first stage and scoring is worth with a model: each is left out alone, the rest stays.

Usage:

    python benchmarks/ablation.py --model FOLDER [--datasets mtop/hi/dev/split ...]

Rows are data sets, columns what is left out; cells are nDCG@10 of `OpticalTranslator() >> bm25 % 100 >> rerank` on
development data (BM25 reads text alone). "bare" reranks the candidates of "all" by MaxSim of the query alone.
"""

import argparse
import logging
from contextlib import ExitStack, contextmanager
from unittest import mock

import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt
import torch

from pyterrier_optical import OpticalTranslator, bm25
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.late.encoder import TokenEncoder, TokenVectors
from pyterrier_optical.late.maxsim import maxsim_pairs
from pyterrier_optical.lexicon.table import SHIPPED_LEXICON, Lexicon
from pyterrier_optical.lexicon.words import word_terms
from pyterrier_optical.query.encoding import encode_with_gloss
from pyterrier_optical.translate import nearest_words

DATASETS = (
    *(f"afriqa/{lang}/dev" for lang in ("ha", "zu", "ig", "rw")),
    *(f"mtop/{lang}/dev/split" for lang in ("hi", "th", "de")),
    *(f"sample/{lang}" for lang in ("sw", "so", "hi", "th", "yo", "tl")),
)
DEPTH = 100
MEASURE = ir_measures.nDCG @ 10


def replaced(target, name, value):
    return lambda: mock.patch.object(target, name, value)


NO_NAMES = [
    replaced(word_terms.WordTranslator, "_spelt", lambda self, word: {}),
    replaced(word_terms, "after_capital", lambda word, index: None),
    replaced(word_terms, "at_an_end", lambda word, index: None),
]
NO_RELATIVES = [replaced(word_terms.WordTranslator, "_of_relatives", lambda self, word, languages: [])]

# Name, options of the translator, patches, options of the scores.
VARIANTS = {
    "all": ({}, [], {}),
    "gloss": ({}, [], {"share": 0.0}),
    "third wording": ({}, [], {"third": False}),
    "nearest terms": ({"method": "lexicon"}, [], {}),
    "names": ({}, NO_NAMES, {}),
    "relatives": ({}, NO_RELATIVES, {}),
    "names and relatives": ({}, [*NO_NAMES, *NO_RELATIVES], {}),
    "names, relatives, nearest terms": (
        {"method": "lexicon"},
        [*NO_NAMES, *NO_RELATIVES],
        {},
    ),
    "the index, for the gloss": ({}, [], {"free": True}),
    "the index, names, relatives, for the gloss": (
        {},
        [*NO_NAMES, *NO_RELATIVES],
        {"free": True},
    ),
    "nearest terms but the 10,000 most frequent": ({"max_terms": 10_000}, [], {}),
    "nearest terms but the 5,000 most frequent": ({"max_terms": 5_000}, [], {}),
    "bare": ({}, [], {"share": 0.0}),
    "gloss share .35": ({}, [], {"share": 0.35}),
    "gloss share .5": ({}, [], {"share": 0.5}),
}


@contextmanager
def all_of(patches):
    with ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch())
        yield


class EachOnce(TokenEncoder):
    """Encodes each query text once."""

    def queries(self, texts, max_tokens=None, *, sizes=None):
        if not hasattr(self, "_known"):
            self._known = {}
        if new := [text for text in dict.fromkeys(texts) if text not in self._known]:
            vectors = super().queries(new)
            self._known.update((text, vectors.span(i, i + 1)) for i, text in enumerate(new))
        parts = [self._known[text] for text in texts]
        offsets = torch.tensor([0, *(len(part.values) for part in parts)]).cumsum(0)
        return TokenVectors(torch.cat([part.values for part in parts]), offsets)


class Scores:
    """Scores of candidates; documents of a corpus are encoded once."""

    def __init__(self, model):
        self._encoder = EachOnce(model)
        self._corpus, self._documents = None, None

    def __call__(self, task, candidates, glosses, *, share=0.65, third=True):
        if self._corpus != task.corpus_key:
            self._documents = self._encoder.documents(task.documents["text"].tolist())
            self._corpus = task.corpus_key
        topics = task.get_topics()
        texts = topics["query"].tolist()
        if share:
            queries = encode_with_gloss(self._encoder, texts, glosses, share, third=third)
        else:
            queries = self._encoder.queries(texts)
        query_of = {qid: i for i, qid in enumerate(topics["qid"])}
        document_of = {docno: i for i, docno in enumerate(task.documents["docno"])}
        pairs = [candidates["qid"].map(query_of), candidates["docno"].map(document_of)]
        index = [torch.tensor(column.to_numpy(np.int64)) for column in pairs]
        return candidates.assign(score=maxsim_pairs(queries, self._documents, *index).double().numpy())


def remembered(call):
    """A method of nearest words, asked once for each text."""
    known = {}

    def asked(self, texts):
        if new := [text for text in dict.fromkeys(texts) if (id(self.table), text) not in known]:
            known.update(((id(self.table), text), found) for text, found in zip(new, call(self, new), strict=True))
        return [known[id(self.table), text] for text in texts]

    return asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", help="checkpoint folder; default: the shipped model")
    parser.add_argument("--datasets", nargs="+", default=list(DATASETS))
    parser.add_argument("--variants", nargs="+", default=list(VARIANTS))
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    nearest_words.NearestWords.__call__ = remembered(nearest_words.NearestWords.__call__)
    model = load_encoder(arguments.model, dtype="float32")
    scores, retrievers, rows, lexicon = Scores(model), {}, [], Lexicon.load(SHIPPED_LEXICON)
    for name in arguments.datasets:
        task = Task(name)
        if task.corpus_key not in retrievers:
            retrievers = {task.corpus_key: bm25(task.dataset, fields="text")}
        retriever = retrievers[task.corpus_key]
        qrels = pt.model.to_ir_measures(task.get_qrels())
        row = {"data set": name}
        for variant in arguments.variants:
            options, patches, scoring = VARIANTS[variant]
            free = scoring.get("free")
            with all_of(patches):
                translated = OpticalTranslator(retriever, model, **options)(task.get_topics()[["qid", "query"]])
                if free:
                    terms = [term for term in lexicon.terms if term.isascii()]
                    translator = OpticalTranslator(terms, model, method="mixture" if patches == [] else "lexicon")
                    translated["query_gloss"] = translator.glosses(translated["query"])
            scoring = {name: value for name, value in scoring.items() if name != "free"}
            candidates = task.judged(retriever % DEPTH)(translated)[["qid", "docno"]]
            run = scores(task, candidates, translated["query_gloss"].tolist(), **scoring)
            value = ir_measures.calc_aggregate([MEASURE], qrels, pt.model.to_ir_measures(run))[MEASURE]
            row[variant] = f"{value:.3f}"
            print(name, variant, row[variant], flush=True)
        rows.append(row)
    print(markdown_table(pd.DataFrame(rows).set_index("data set").T.rename_axis("left out").reset_index()))


if __name__ == "__main__":
    main()
