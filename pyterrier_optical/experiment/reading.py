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
    cut = THRESHOLDS["cut_texts"]
    shown = {"": read["lang"], "system": read["system"]}
    shown["tokens a word"] = _marked(read["tokens_per_word"], "{:.2f}", THRESHOLDS["tokens_per_word"])
    shown["letters a token"] = read["characters_per_token"].map("{:.2f}".format)
    shown["unknown, %"] = _marked(read["unknown"] * 100, "{:.1f}", THRESHOLDS["unknown"] * 100)
    shown["queries cut, %"] = _marked(read["cut_texts"] * 100, "{:.1f}", cut * 100)
    shown["documents cut, %"] = _marked(read["cut_documents"] * 100, "{:.1f}", cut * 100)
    meaning = (
        "How the tokenizer of each encoder cuts the queries, the share of tokens that it does not know, and the shares "
        f"of texts that are longer than it reads. {_MARK} over {THRESHOLDS['tokens_per_word']:g} tokens a word, "
        f"{THRESHOLDS['unknown']:.0%} of tokens or {cut:.0%} of texts: such a score says little of the method. "
        "A script without spaces between words has no words to count."
    )
    return f"{markdown_table(pd.DataFrame(shown))}\n\n{meaning}"


def _marked(values: pd.Series, form: str, most: float) -> pd.Series:
    return values.map(lambda value: "-" if pd.isna(value) else form.format(value) + (_MARK if value > most else " "))
