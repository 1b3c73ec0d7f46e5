"""Query by query: the values of one system against those of the others."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.comparison import Comparison
from pyterrier_optical.experiment.plot import PALETTE

_COLUMNS = 4
#: From a point above the diagonal to one below it.
_COLOURS = {"better": PALETTE[-1], "equal": PALETTE[0], "worse": PALETTE[1]}


def scatter_chart(
    comparison: Comparison,
    measure: str,
    path: str | os.PathLike,
    *,
    system: str | None = None,
    datasets: Sequence[str] | None = None,
    title: str = "",
) -> Path:
    """Draws a panel for each other system, and in it a point for each query.

    A point above the diagonal is a query on which the system is better than the other. The numbers of
    queries on which it is better and worse stand above the panel.

    Args:
        comparison: What to draw.
        measure: Which measure of it.
        path: A file name that ends in ``.png``.
        system: The system on the vertical axis; None: the one that the others are tested against.
        datasets: Only their queries; None: those of all data sets.
        title: Above the panels.

    Returns:
        ``path``.

    Raises:
        OpticalError: A system, measure or data set that is not in the comparison.

    Example:
        >>> scatter_chart(found, "map", "scatter.png", system="OPTICAL")  # doctest: +SKIP
        PosixPath('scatter.png')
    """
    need("A picture", "plots", "matplotlib")
    from matplotlib.figure import Figure

    path, system = Path(path), comparison.baseline if system is None else system
    values = _by_query(comparison, measure, system, datasets)
    others = [name for name in values if name != system]
    columns = min(_COLUMNS, len(others))
    rows = math.ceil(len(others) / columns)
    figure = Figure(figsize=(2.6 * columns + 0.4, 3.05 * rows + 0.4), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    figure.get_layout_engine().set(h_pad=0.08)
    top = 1.04 * max(float(values.to_numpy().max()), 0.05)
    for axes, other in zip(panels, others, strict=False):
        _panel(axes, values[other], values[system], top)
    for axes in panels[len(others) :]:
        axes.set_axis_off()
    for axes in panels[::columns]:
        axes.set_ylabel(f"{measure} of {system}", fontsize=8)
    figure.suptitle(title, x=0.01, ha="left", fontsize=10)
    with whole(path) as partial:
        figure.savefig(partial, dpi=150, format="png")
    return path


def _by_query(comparison: Comparison, measure: str, system: str, datasets: Sequence[str] | None) -> pd.DataFrame:
    """A row for each query, a column for each system."""
    values = comparison.values
    for column, name in [("measure", measure), ("system", system), *(("dataset", name) for name in datasets or ())]:
        known = values[column].unique() if column in values else []
        if name not in known:
            raise OpticalError(f"The comparison has no {column} {shown(name)}: choose among {', '.join(known)}.")
    values = values[values["measure"] == measure]
    if datasets is not None:
        values = values[values["dataset"].isin(datasets)]
    table = values.pivot(index=["dataset", "qid"], columns="system", values="value")
    return table[values["system"].unique()]


def _panel(axes, x: pd.Series, y: pd.Series, top: float) -> None:
    """One system's values against another's."""
    better, worse = y > x, y < x
    sides = {"better": better, "equal": ~(better | worse), "worse": worse}
    axes.axline((0, 0), slope=1, color=_COLOURS["equal"], linewidth=0.8, zorder=1)
    for name, side in sides.items():
        axes.scatter(x[side], y[side], s=5, alpha=0.35, linewidths=0, color=_COLOURS[name], zorder=2)
    for name, where in (("better", "left"), ("worse", "right")):
        axes.set_title(f"{name}: {int(sides[name].sum())}", loc=where, color=_COLOURS[name], fontsize=8, pad=4)
    axes.set(xlim=(-0.04 * top, top), ylim=(-0.04 * top, top), aspect="equal")
    axes.set_xlabel(x.name, fontsize=8)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
