"""The systems of a report where no first stage limits them: each ranks all documents."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyterrier as pt

from pyterrier_optical.experiment.every_document import EveryDocument
from pyterrier_optical.experiment.systems import FIRST, RAW, Baselines
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.query.gloss import GLOSS_SHARE
from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25
from pyterrier_optical.retrieve.fusion.score import score_fusion
from pyterrier_optical.translate import OpticalTranslator

OPTICAL = "OPTICAL"
GLOSS = "OPTICAL with gloss"
FUSION = "OPTICAL with gloss + first stage"
TEACHER = "teacher, English queries"
# Of the model and of the first stage. Chosen on AfriQA's training questions with an earlier model
# (benchmarks/fusion.py).
FUSION_WEIGHTS = (0.7, 0.3)
_RESULTS = ["qid", "docno", "score", "rank"]


class RankedSystems:
    """Makes the pipelines for a task: its rankings, made once and handed out as transformers.

    Args:
        model: A loaded `MultiVectorEncoder`.
        baselines: To compare with.
        teacher: A loaded teacher; None: without it.
        reference: The task with English queries and documents that the teacher is measured on; None: the task itself
            with its translated queries.
        engine: For `pyterrier_optical.bm25`.
        folder: Where indexes are kept; each is named by its documents.
    """

    def __init__(
        self, model, baselines: Baselines, *, teacher=None, reference: Task | None = None, engine: str, folder: Path
    ):
        self._model = model
        self._engine = engine
        self._folder = folder
        self._reference = reference
        self._shared: dict[str, tuple[BM25Retriever, OpticalTranslator]] = {}
        self._optical = EveryDocument(TokenEncoder(model))
        self._teacher = teacher and EveryDocument(TokenEncoder(teacher))
        self._baselines = {name: EveryDocument(reranker.encoders[0]) for name, reranker in baselines.rerankers.items()}

    def __call__(self, task: Task) -> dict[str, pt.Transformer]:
        """Pipelines by name, in the order of the tables."""
        return {name: task.judged(_Ranking(name, run)) for name, run in self._runs(task).items()}

    @property
    def encoders(self) -> dict[str, TokenEncoder]:
        """What reads the queries as they are, by the names of the systems."""
        return {name: ranker.encoder for name, ranker in self._baselines.items()} | {OPTICAL: self._optical.encoder}

    def engine(self, task: Task) -> str:
        """What BM25 ranks the documents of a task by: "terrier" or "pisa"."""
        return self._first_stage(task)[0].engine

    def _runs(self, task: Task) -> dict[str, Callable[[], pd.DataFrame]]:
        """What makes each ranking, once, when it is asked for: systems whose values are kept cost nothing."""
        topics, documents = task.get_topics(), task.documents
        first_stage = cache(lambda: self._first_stage(task))
        translated = cache(lambda: first_stage()[1](topics))
        runs: dict[str, Callable[[], pd.DataFrame]] = {
            RAW: lambda: first_stage()[0](topics),
            FIRST: cache(lambda: first_stage()[0](translated())),
        }
        for name, ranker in self._baselines.items():
            runs[name] = partial(ranker.rank, topics, documents)
        reference = self._reference or task
        if self._teacher and (english := reference.english_topics()) is not None:
            runs[TEACHER] = partial(self._teacher.rank, english, reference.documents)
        runs[OPTICAL] = lambda: self._optical.rank(topics, documents)
        runs[GLOSS] = cache(lambda: self._optical.rank(translated(), documents, gloss=GLOSS_SHARE))
        runs[FUSION] = lambda: score_fusion(runs[GLOSS](), runs[FIRST](), weights=FUSION_WEIGHTS, num_results=None)
        return runs

    def _first_stage(self, task: Task) -> tuple[BM25Retriever, OpticalTranslator]:
        """BM25 and its translator; tasks with the same documents share them."""
        if task.corpus_key not in self._shared:
            options: dict[str, Any] = {"engine": self._engine, "fields": "text", "num_results": len(task.documents)}
            retriever = bm25(task.dataset, index_path=index_path(self._folder, task), **options)
            self._shared[task.corpus_key] = retriever, OpticalTranslator(retriever, self._model)
        return self._shared[task.corpus_key]


class _Ranking(pt.Transformer):
    """One of the rankings of a task."""

    schematic = {"label": "Ranking", "help_url": "https://pyterrier.readthedocs.io"}  # noqa: RUF012

    def __init__(self, name: str, run: Callable[[], pd.DataFrame]):
        self.name = name
        self.run = run

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        pt.validate.query_frame(inp, context=self)
        return self.run()[_RESULTS] if len(inp) else pd.DataFrame(columns=_RESULTS)


def index_path(folder: Path, task: Task) -> Path:
    """The index of a task's documents."""
    return folder / f"index-{task.corpus_key[:8]}"
