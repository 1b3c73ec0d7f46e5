"""Queries that are only names: what a translator must leave as it is."""

from collections.abc import Mapping, Sequence

import ir_measures
import pandas as pd
import pyterrier as pt

from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.retrieve.bm25 import BM25Retriever
from pyterrier_optical.script import normalise
from pyterrier_optical.script.tokenise import fold, runs, words


def name_queries(topics: pd.DataFrame, retriever: BM25Retriever) -> pd.DataFrame:
    """Queries reduced to their names, found without a list of names.

    A word of the query is a name when the human translation has the same word with a capital letter, other than as its
    first word: the translator left it as it is. Those of them that are terms of the index are kept, as they were typed.

    Args:
        topics: Columns ``qid``, ``query`` and ``query_translated``.
        retriever: Its terms are the index terms.

    Returns:
        ``qid`` and the reduced ``query``; queries without names are left out.

    Example:
        >>> topics = pd.DataFrame({"qid": ["1"], "query": ["Yaushe aka gina Timbuktu?"]})
        >>> topics["query_translated"] = "When was Timbuktu built?"
        >>> retriever = bm25([{"docno": "d", "text": "Timbuktu was built"}])  # doctest: +SKIP
        >>> name_queries(topics, retriever)["query"].tolist()  # doctest: +SKIP
        ['Timbuktu']
    """
    terms = retriever.terms()
    reduced = [
        " ".join(_names(query, translation, terms))
        for query, translation in zip(topics["query"], topics["query_translated"], strict=True)
    ]
    found = topics[["qid"]].assign(query=reduced)
    return found[found["query"] != ""].reset_index(drop=True)


def compare_names(
    pairs: Mapping[Task, tuple[BM25Retriever, pt.Transformer]], measures: Sequence[ir_measures.Measure]
) -> pd.DataFrame:
    """BM25 for names as they are, and for what a translator makes of them.

    Args:
        pairs: For each task BM25 and BM25 behind a translator.
        measures: What to measure.

    Returns:
        A row for each task with a translation of its queries: ``data set``, ``queries`` (those with names), for each
        measure ``<measure> raw`` and ``<measure> translated`` (means), ``better`` and ``worse`` (queries that any
        measure says so of). No query should be worse.
    """
    rows = []
    for task, systems in pairs.items():
        if not task.has_translations:
            continue
        topics = name_queries(task.get_topics(), systems[0])
        if not len(topics):
            continue
        qrels = pt.model.to_ir_measures(task.get_qrels())
        qrels = qrels[qrels["query_id"].isin(topics["qid"])]
        raw, translated = (_by_query(task.judged(system)(topics), qrels, measures) for system in systems)
        row = {"data set": task.name, "queries": len(topics)}
        for measure in map(str, measures):
            row |= {f"{measure} raw": raw[measure].mean(), f"{measure} translated": translated[measure].mean()}
        change = translated - raw
        row |= {"better": int((change > 1e-9).any(axis=1).sum()), "worse": int((change < -1e-9).any(axis=1).sum())}
        rows.append(row)
    return pd.DataFrame(rows)


def names_table(names: pd.DataFrame) -> str:
    """What `compare_names` returned, for people."""
    shown = names.map(lambda value: f"{value:.3f}" if isinstance(value, float) else value)
    return (
        "## Queries that are only names\n\nEach query is cut down to the index terms among its words that its human "
        f"translation has too, with a capital letter.\n\n{markdown_table(shown)}"
    )


def _names(query: str, translation: str, terms: Mapping[str, int]) -> list[str]:
    capitalised = {fold(word) for word in _words(translation)[1:] if word[0].isupper()}
    return [word for word in _words(query) if fold(word) in capitalised and all(term in terms for term in words(word))]


def _words(text: str) -> list[str]:
    text = normalise(text)
    return [text[start:end] for start, end, spaceless in runs(text) if not spaceless]


def _by_query(run: pd.DataFrame, qrels: pd.DataFrame, measures: Sequence[ir_measures.Measure]) -> pd.DataFrame:
    """A row for each judged query, a column for each measure; a query without results scores 0."""
    values = ir_measures.iter_calc(list(measures), qrels, pt.model.to_ir_measures(run))
    frame = pd.DataFrame(values, columns=["query_id", "measure", "value"]).astype({"measure": str})
    table = frame.pivot(index="query_id", columns="measure", values="value")
    return table.reindex(index=qrels["query_id"].unique(), columns=list(map(str, measures)), fill_value=0.0).fillna(0.0)
