"""What a model can do where no first stage limits it: every document ranked for every query."""

from collections.abc import Callable, Sequence

import pandas as pd
import pyterrier as pt

from pyterrier_optical.experiment.every_document import EveryDocument
from pyterrier_optical.experiment.teachers import TEACHER, find_teacher
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.retrieve.bm25 import bm25
from pyterrier_optical.retrieve.exhaustive import ranking_measure, ranking_quality

DATASETS = (
    *(f"mtop/{lang}/dev/split" for lang in ("en", "de", "es", "fr", "hi", "th")),
    *(f"afriqa/{lang}/dev" for lang in ("ha", "ig", "zu", "rw")),
)
BM25 = "BM25"


def evaluate(
    model=None,
    datasets: Sequence[str] = DATASETS,
    *,
    teacher=TEACHER,
    device: str | None = None,
    engine: str = "auto",
    echo: Callable[[str], None] = print,
) -> pd.DataFrame:
    """Measures a model, its English teacher and BM25 on data sets, each ranking all documents for every query.

    On MTOP a query's own translation is left out and AP asks for utterances of the same intent; elsewhere the measure
    is nDCG@10. A data set with a human translation of its queries (AfriQA) is measured with that too: it is what a
    perfect translation system would give.

    Args:
        model: A checkpoint as for `pyterrier_optical.OpticalReranker`; None: the shipped one.
        datasets: Names such as ``mtop/hi/dev/split`` and ``afriqa/ha/dev``.
        teacher: What `pyterrier_optical.distill.load_teacher` takes; None: measure no teacher.
        device: Torch device of the encoders; None: an accelerator where there is one.
        engine: For `pyterrier_optical.bm25`.
        echo: Prints a line about what is left out.

    Returns:
        Columns ``data set``, ``query`` (the column that was the query), ``measure``, ``model``, ``teacher``, ``BM25``.

    Raises:
        OpticalError: A model or data that is not available.

    Example:
        >>> evaluate(datasets=["mtop/hi/dev/split"])  # doctest: +SKIP
    """
    from pyterrier_optical.checkpoint.folder import load_encoder

    tasks = [task for name in datasets for task in _tasks(name)]
    encoders = {"model": load_encoder(model, device=device)}
    loaded, reason = find_teacher(teacher, device)
    if reason:
        echo(f"Without the teacher: {reason}.")
    elif loaded is not None:
        encoders["teacher"] = loaded
    rankers = {name: EveryDocument(TokenEncoder(encoder, verbose=True)).rank for name, encoder in encoders.items()}
    lexical = _Bm25(engine)
    rows = []
    with pt.tqdm(tasks, desc="Evaluating", unit="ranking") as bar:
        for name, dataset, column in bar:
            bar.set_postfix_str(f"{name} {column}")
            topics = dataset.get_topics(column)
            documents = pd.DataFrame(dataset.get_corpus_iter(verbose=False))
            runs = {label: rank(topics, documents) for label, rank in rankers.items()} | {
                BM25: lexical(dataset, topics)
            }
            values = {label: ranking_quality(dataset, run) for label, run in runs.items()}
            rows.append({"data set": name, "query": column, "measure": str(ranking_measure(dataset)), **values})
    return pd.DataFrame(rows)


def _tasks(name: str) -> list[tuple[str, pt.datasets.Dataset, str]]:
    """The forms of the query that a data set has; its data is read here, so that what is absent is known first."""
    name = name.removeprefix("optical:")
    dataset = pt.get_dataset(f"optical:{name}")
    dataset.get_topics()
    return [(name, dataset, column) for column in ("query", *dataset.collection.topics_variants)]


class _Bm25:
    """BM25 for the query as it is; data sets that follow each other with the same corpus share an index."""

    def __init__(self, engine: str):
        self.engine = engine
        self._docnos: tuple[str, ...] | None = None

    def __call__(self, dataset, topics: pd.DataFrame) -> pd.DataFrame:
        docnos = tuple(document["docno"] for document in dataset.get_corpus_iter(verbose=False))
        if self._docnos != docnos:
            # The encoders read no titles either.
            self._retriever = bm25(dataset, engine=self.engine, fields="text", num_results=len(docnos))
            self._docnos = docnos
        return self._retriever(topics)
