"""A picture of a comparison."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.experiment.comparison import Comparison

PALETTE = ("#b8b8b8", "#6f7f93", "#8fb8de", "#e0b470", "#a6c48a", "#c59ac9", "#5fb3b3", "#b08968", "#d1495b")


_INTERVAL = {"error_kw": {"elinewidth": 0.7, "ecolor": "#404040"}}


def bar_chart(comparison: Comparison, measure: str, path: str | os.PathLike, *, title: str = "") -> Path:
    """Draws one group of bars for each data set, one bar in it for each system.

    A star stands above bars that differ from the baseline's beyond chance; a line is the mean's bootstrap interval.

    Args:
        comparison: What to draw.
        measure: Which measure of it.
        path: A file name that ends in ``.png``.
        title: Above the plot.

    Returns:
        ``path``.
    """
    need("A picture", "plots", "matplotlib")
    from matplotlib.figure import Figure

    path = Path(path)
    values, stars = comparison.summary(measure), comparison.significant(measure)
    systems, groups = list(values.index), list(values.columns)
    intervals = _intervals(comparison, measure, values)
    width = 0.84 / len(systems)
    figure = Figure(figsize=(max(6.8, 0.25 * len(systems) * len(groups) + 1.5), 4.2), layout="constrained")
    axes = figure.subplots()
    for number, system in enumerate(systems):
        places = [group + (number - (len(systems) - 1) / 2) * width for group in range(len(groups))]
        # The last colour stands out and is for the last system, whatever their number.
        colour = PALETTE[-1] if number == len(systems) - 1 else PALETTE[number % (len(PALETTE) - 1)]
        spread = None if intervals is None else intervals[:, systems.index(system)]
        axes.bar(places, values.loc[system], width * 0.94, label=system, color=colour, yerr=spread, **_INTERVAL)
        for place, value, star in zip(places, values.loc[system], stars.loc[system], strict=True):
            if star:
                axes.text(place, value, "*", ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(len(groups)), groups)
    axes.set_ylabel(measure)
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_ylim(0, max(0.05, 1.08 * float(values.to_numpy().max())))
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=min(len(systems), 3), frameon=False, fontsize=8)
    with whole(path) as partial:
        figure.savefig(partial, dpi=150, format="png")
    return path


def _intervals(comparison: Comparison, measure: str, values: pd.DataFrame) -> np.ndarray | None:
    """(2, systems, data sets): how far the interval reaches below and above the mean."""
    if comparison.frame.empty:
        return None
    rows = comparison.frame[comparison.frame["measure"] == measure]
    low, high = (rows.pivot(index="system", columns="dataset", values=end) for end in ("low", "high"))
    low, high = (side.reindex(index=values.index, columns=values.columns) for side in (low, high))
    return np.stack([(values - low).to_numpy(), (high - values).to_numpy()]).clip(min=0)
