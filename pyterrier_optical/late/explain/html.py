"""The view of an explanation in a notebook."""

from html import escape

import numpy as np

from pyterrier_optical.late.explain.part import Part
from pyterrier_optical.late.explain.words import Words

_SHOWN = ["wording", "query_word", "document_word", "cosine", "weight", "contribution", "planned_word", "planned_share"]


def html_of(explanation) -> str:
    """The texts, a word the darker the more it adds, and the frame as a table; all text escaped."""
    names = ((name, getattr(explanation, name)) for name in ("qid", "docno"))
    head = [f"score {explanation.score:.4f}", *(f"{name} {escape(str(value))}" for name, value in names if value)]
    lines = [_line(part.name, part.words, _sums(explanation, part)) for part in explanation.parts]
    lines.append(_line("document", explanation.document, _sums(explanation)))
    table = explanation.frame[_SHOWN].to_html(index=False, float_format="{:.3f}".format, border=0)
    return f"<div><p>{', '.join(head)}</p>{''.join(lines)}{table}</div>"


def _sums(explanation, part: Part | None = None) -> np.ndarray:
    """What each word of a wording adds, or what the matches with each word of the document add."""
    frame, words = explanation.frame, explanation.document if part is None else part.words
    if part is not None:
        frame = frame[frame["wording"] == part.name]
    positions = frame["document_position" if part is None else "query_position"].to_numpy(dtype=int)
    sums = np.zeros(len(words.labels) + 1)  # the last for matches with nothing
    np.add.at(sums, np.where(positions < len(words.labels), positions, -1), frame["contribution"].to_numpy())
    return sums[:-1]


def _line(name: str, words: Words, sums: np.ndarray) -> str:
    """A text with its words shaded; what lies between words, and what was cut, stays as it is."""
    largest = max(sums.max(initial=0.0), 1e-9)
    out, end = [], 0
    for (start, stop), added in zip(words.spans, sums, strict=True):
        if start == stop:
            continue  # a marker
        shade = f"background:rgba(255,160,0,{max(added, 0) / largest:.2f})"
        word = f'<span style="{shade}" title="{added:.3f}">{escape(words.text[start:stop])}</span>'
        out += [escape(words.text[end:start]), word]
        end = stop
    cut = escape(words.text[end:])
    left = f'<span style="opacity:.4">{cut}</span>' if cut else ""
    return f"<p><small>{escape(name)}</small> <bdi>{''.join(out)}{left}</bdi></p>"
