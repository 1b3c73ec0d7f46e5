"""What the encoders of a report read of its queries and documents: a table beside the scores."""

from collections.abc import Mapping

import pandas as pd
import pyterrier as pt

from pyterrier_optical.experiment.report import markdown_table
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.late.diagnose import THRESHOLDS, diagnose
from pyterrier_optical.late.encoder import TokenEncoder

_MARK = "†"


def what_was_read(encoders: Mapping[str, TokenEncoder], tasks: Mapping[str, Task]) -> pd.DataFrame:
    """Diagnoses each encoder on each task.

    Args:
        encoders: By the names of their systems.
        tasks: By language.

    Returns:
        A row for each task and encoder: ``lang``, ``system``, what `diagnose` says of the queries, and in
        ``cut_documents`` the share of documents that are longer than the encoder reads.
    """
    rows, documents = [], {}
    for lang, task in pt.tqdm(tasks.items(), desc="Reading", unit="task", disable=len(tasks) < 2):
        topics = task.get_topics().assign(lang=lang)
        for system, encoder in encoders.items():
            key = system, task.corpus_key
            if key not in documents:
                documents[key] = diagnose(encoder, task.documents[["text"]], "document", thresholds={})
            (row,) = diagnose(encoder, topics, thresholds={}).to_dict("records")
            rows.append({"lang": lang, "system": system, **row, "cut_documents": documents[key]["cut_texts"].iloc[0]})
    return pd.DataFrame(rows)


def reading_text(read: pd.DataFrame) -> str:
    """The table of `what_was_read` as Markdown, with a sentence that says what is marked."""
    table = {"": read["lang"], "system": read["system"], **_tokens(read)}
    table["queries cut, %"] = _marked(read, "cut_texts")
    table["documents cut, %"] = _marked(read.assign(cut_texts=read["cut_documents"]), "cut_texts")
    return (
        f"{markdown_table(pd.DataFrame(table))}\n\nHow the tokenizer of each encoder cuts the queries, the share of "
        f"tokens that it does not know, and the shares of texts that are longer than it reads. {_legend()}"
    )


def diagnosis_text(found: pd.DataFrame) -> str:
    """Rows of `diagnose` as Markdown, with a sentence that says what is marked.

    Args:
        found: Further columns are ``task`` and ``system``; where the texts are from stands in ``lang``.
    """
    parts = found["task"].map({"query": "queries", "document": "documents"})
    table = {"": found["lang"], "texts": found["texts"].map(str) + " " + parts, "system": found["system"]}
    table |= {**_tokens(found), "texts cut, %": _marked(found, "cut_texts")}
    table["tokens cut, %"] = (found["cut_tokens"] * 100).map("{:.1f}".format)
    return f"{markdown_table(pd.DataFrame(table))}\n\n{_legend()}"


def _tokens(read: pd.DataFrame) -> dict[str, pd.Series]:
    return {
        "tokens a word": _marked(read, "tokens_per_word"),
        "letters a token": read["characters_per_token"].map("{:.2f}".format),
        "unknown, %": _marked(read, "unknown"),
    }


def _marked(read: pd.DataFrame, column: str) -> pd.Series:
    """The numbers of a column, shares in percent, with a mark where they are over its threshold."""
    form, factor = ("{:.2f}", 1) if column == "tokens_per_word" else ("{:.1f}", 100)

    def cell(value: float) -> str:
        return "-" if pd.isna(value) else form.format(value * factor) + (_MARK if value > THRESHOLDS[column] else " ")

    return read[column].map(cell)


def _legend() -> str:
    return (
        f"{_MARK} over {THRESHOLDS['tokens_per_word']:g} tokens a word, {THRESHOLDS['unknown']:.0%} of tokens or "
        f"{THRESHOLDS['cut_texts']:.0%} of texts: such a score says little of the method. "
        "A script without spaces between words has no words to count."
    )
