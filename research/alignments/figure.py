"""Pictures of alignments: which of the teacher's words an optimal plan gives to each word of the student."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.late.explain.fonts import families_for
from pyterrier_optical.late.explain.plan_of_words import plan_of_words
from pyterrier_optical.late.explain.words import Words, read_words

MOST_PAIRS = 8
#: English and its translation.
PAIRS = (
    ("The small child drinks goat milk", "Mtoto mdogo anakunywa maziwa ya mbuzi"),
    ("The boy is drinking water at home", "Yaron yana shan ruwa a gida"),
    ("The farmer sells his maize at the market", "Der Bauer verkauft seinen Mais auf dem Markt"),
)


def alignment(
    model, teacher, english: str, translation: str, **plan
) -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray, float]:
    """The plan between a sentence and its translation (Huang, Yu and Allan 2023, section 3.2).

    Args:
        model: The student, a `MultiVectorEncoder`.
        teacher: A `MultiVectorEncoder` whose vectors are as wide as the student's.
        english: For the teacher.
        translation: For the student.
        **plan: As for `pyterrier_optical.transport.transport_plan`.

    Returns:
        The n words that the teacher reads and the m of the student, markers included; the plan by words (n, m) float64,
        whose entries sum to 1; and its cost, from 0 to 2.

    Raises:
        OpticalError: The vectors differ in width, or a text has no known token.

    Example:
        >>> alignment(model, model, "Water", "Maji")[1]  # doctest: +SKIP
        ('Maji',)
    """
    (rows, x), (columns, y) = _read(teacher, english), _read(model, translation)
    if x.shape[1] != y.shape[1]:
        raise OpticalError(
            f"The teacher's vectors have {x.shape[1]} numbers and the student's {y.shape[1]}: "
            "give the student's own teacher."
        )
    return rows.labels, columns.labels, *plan_of_words(rows, x, columns, y, **plan)


def alignment_figure(
    pairs: Sequence[tuple[str, str]] = PAIRS,
    path: str | os.PathLike = "alignments.png",
    *,
    model=None,
    teacher=None,
    **plan,
) -> Path:
    """Draws the alignment of each pair: a column for each of the student's words, dark where its mass comes from.

    Args:
        pairs: English sentences and their translations.
        path: A file name that ends in ``.png``.
        model: A checkpoint as for `pyterrier_optical.OpticalReranker`; None: the shipped one.
        teacher: What `pyterrier_optical.distill.load_teacher` takes; None: the model itself reads the English.
        **plan: As for `pyterrier_optical.transport.transport_plan`.

    Returns:
        ``path``.

    Raises:
        OpticalError: No pair or more than `MOST_PAIRS`; no installed font has a letter; the teacher is not available;
            as for `alignment`.

    Example:
        >>> alignment_figure([("Water", "Maji")])  # doctest: +SKIP
        PosixPath('alignments.png')
    """
    need("A picture", "plots", "matplotlib")
    from matplotlib.figure import Figure

    from pyterrier_optical.checkpoint.folder import load_encoder
    from pyterrier_optical.distill.teacher import load_teacher

    path = Path(path)
    if not 0 < len(pairs) <= MOST_PAIRS:
        raise OpticalError(f"A picture holds 1 to {MOST_PAIRS} pairs, and {len(pairs)} are given: choose some.")
    families = families_for(" ".join(text for pair in pairs for text in pair))
    student = load_encoder(model, device="cpu")
    target = student if teacher is None else load_teacher(teacher).to("cpu")
    drawn = [alignment(student, target, *pair, **plan) for pair in pairs]
    figure = Figure(figsize=(1.6 + sum(0.42 * len(columns) + 1 for _, columns, *_ in drawn), 5), layout="constrained")
    panels = figure.subplots(1, len(drawn), squeeze=False, width_ratios=[len(columns) for _, columns, *_ in drawn])[0]
    for axes, (rows, columns, mass, cost) in zip(panels, drawn, strict=True):
        axes.imshow(mass / mass.sum(0), cmap="Greys", vmin=0, vmax=1, aspect="auto")
        axes.set_yticks(range(len(rows)), rows, fontsize=9, fontfamily=families)
        axes.set_xticks(range(len(columns)), columns, rotation=60, ha="right", fontsize=9, fontfamily=families)
        axes.set_title(f"cost {cost:.2f}", fontsize=9)
        axes.set_xlabel("student")
    panels[0].set_ylabel("teacher")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as partial:
        figure.savefig(partial, dpi=150, format="png")
    return path


def _read(model, text: str) -> tuple[Words, Tensor]:
    from pyterrier_optical.late.encoder import TokenEncoder

    encoder = TokenEncoder(model)
    words = read_words(encoder, text, "document")
    if not words.labels:
        raise OpticalError(f"The model knows no part of {shown(text)}: give a sentence in one of its languages.")
    return words, encoder.documents([text])[0].cpu()
