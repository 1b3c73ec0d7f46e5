"""The picture of an explanation: MaxSim's choice beside the transport plan."""

import logging
import unicodedata
from collections.abc import Sequence

import numpy as np

from pyterrier_optical.base.extras import need
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.explain.fonts import draws_scripts_whole, families_for
from pyterrier_optical.late.explain.part import Part

logger = logging.getLogger("pyterrier_optical")

_CELL = 0.34  # inches


def figure_of(explanation, wordings: Sequence[str] | None, most_words: int):
    """As `Explanation.plot`."""
    need("A picture", "plots", "matplotlib")
    from matplotlib.figure import Figure

    parts = _parts(explanation, wordings)
    columns = _columns(explanation, parts, most_words)
    labels = [explanation.document.labels[column] for column in columns]
    rows = [word for part in parts for word in part.words.labels]
    if not rows or not labels:
        raise OpticalError("The query or the document has no known token: there is no match to draw.")
    text = " ".join([*rows, *labels])
    families = families_for(text)
    if not draws_scripts_whole() and any(unicodedata.combining(c) or _right_to_left(c) for c in text):
        logger.warning("matplotlib before 3.11 draws letters one by one: install 3.11 or later to have them joined.")
    width, height = 2 * _CELL * len(columns) + 3.2, _CELL * (len(rows) + 0.4 * len(parts)) + 1.9
    figure = Figure(figsize=(max(width, 6.4), height), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    cosines, plan = (_stacked([getattr(part, name) for part in parts], columns) for name in ("cosines", "plan"))
    lines = _lines(parts)
    left.imshow(cosines, cmap="Greys", vmin=0, vmax=1.6, aspect="auto")
    _write_contributions(left, explanation, parts, columns, lines)
    right.imshow(plan, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for axes, title in ((left, "MaxSim: contributions, on cosines"), (right, "Transport plan: shares of mass")):
        axes.set_title(title, loc="left", fontsize=9)
        axes.set_xticks(range(len(labels)), labels, rotation=50, ha="right", rotation_mode="anchor")
        for part in parts[1:]:
            axes.axhline(lines[part.name, 0] - 1, color="black", linewidth=0.8)
        axes.tick_params(length=0)
    left.set_yticks(list(lines.values()), rows)
    for label in (*left.get_yticklabels(), *left.get_xticklabels(), *right.get_xticklabels()):
        label.set(fontfamily=families, fontsize=9)
    for part in parts:
        middle = lines[part.name, 0] + (len(part.words.labels) - 1) / 2
        right.annotate(part.name, (1.01, middle), xycoords=("axes fraction", "data"), rotation=270, va="center", size=8)
    if _right_to_left(explanation.document.text):
        left.invert_xaxis()
        right.invert_xaxis()
    names = [f"{name} {getattr(explanation, name)}" for name in ("qid", "docno") if getattr(explanation, name)]
    figure.suptitle(", ".join([f"score {explanation.score:.3f}", *names]), fontsize=9, x=0.01, ha="left")
    return figure


def _parts(explanation, wordings: Sequence[str] | None) -> list[Part]:
    known = {part.name: part for part in explanation.parts}
    for name in wordings or ():
        if name not in known:
            raise OpticalError(f"There is no wording {shown(name)}: choose of {', '.join(map(repr, known))}.")
    return [known[name] for name in wordings or known]


def _columns(explanation, parts: Sequence[Part], most_words: int) -> np.ndarray:
    """The positions of the document's words that MaxSim or the plan chose, in order."""
    frame = explanation.frame
    frame = frame[frame["wording"].isin([part.name for part in parts]) & (frame["document_position"] >= 0)]
    added = np.zeros(len(explanation.document.labels))
    np.add.at(added, frame["document_position"].to_numpy(dtype=int), frame["contribution"].to_numpy())
    planned = np.zeros(len(added), dtype=bool)
    for part in parts:
        if part.plan.size:
            planned[part.plan.argmax(1)] = True
    chosen = np.flatnonzero(planned | (added != 0))
    return np.sort(chosen[np.argsort(-added[chosen], kind="stable")[:most_words]])


def _lines(parts: Sequence[Part]) -> dict[tuple[str, int], int]:
    """The line of each word of each part; an empty one stands between parts."""
    places = [(part.name, word) for part in parts for word in range(len(part.words.labels))]
    number = {part.name: index for index, part in enumerate(parts)}
    return {place: line + number[place[0]] for line, place in enumerate(places)}


def _stacked(blocks: Sequence[np.ndarray], columns: np.ndarray) -> np.ndarray:
    gap = np.full((1, len(columns)), np.nan)
    return np.vstack([part for block in blocks for part in (gap, block[:, columns])][1:])


def _write_contributions(axes, explanation, parts: Sequence[Part], columns, lines) -> None:
    place = {column: index for index, column in enumerate(columns.tolist())}
    names = {part.name for part in parts}
    for row in explanation.frame.itertuples():
        if row.wording in names and row.document_position in place:
            x, y = place[row.document_position], lines[row.wording, row.query_position]
            axes.text(x, y, f"{row.contribution:.1f}", ha="center", va="center", fontsize=7, color="#b00020")


def _right_to_left(text: str) -> bool:
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((direction != "L" for direction in directions if direction in ("L", "R", "AL")), False)
