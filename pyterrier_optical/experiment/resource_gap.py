"""How much worse off low-resource languages are than high-resource ones, system by system."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.experiment.comparison import Comparison
from pyterrier_optical.experiment.plot import PALETTE


def resource_gap(comparison: Comparison, measure: str, low: Sequence[str], high: Sequence[str]) -> pd.DataFrame:
    """The means over two groups of languages, and how far they are apart.

    Args:
        comparison: Its tables are by language.
        measure: One of its measures.
        low: Languages of little text; those without a table are left out.
        high: Languages of much text, likewise.

    Returns:
        Columns ``system``, ``low``, ``high`` and ``gap`` (high - low); no rows when a group has no language.
    """
    values = comparison.summary(measure)
    low, high = ([lang for lang in group if lang in values] for group in (low, high))
    if not low or not high:
        return pd.DataFrame(columns=["system", "low", "high", "gap"])
    means = pd.DataFrame({"low": values[low].mean(axis=1), "high": values[high].mean(axis=1)})
    return means.assign(gap=means["high"] - means["low"]).rename_axis("system").reset_index()


def gap_chart(gaps: Mapping[str, pd.DataFrame], measure: str, path: str | os.PathLike) -> Path:
    """Draws for each system a line from its low-resource mean to its high-resource mean.

    Args:
        gaps: Tables of `resource_gap` by the title of their panel.
        measure: Under the axes.
        path: A file name that ends in ``.png``.

    Returns:
        ``path``.
    """
    need("A picture", "plots", "matplotlib")
    from matplotlib.figure import Figure

    path = Path(path)
    rows = max(map(len, gaps.values()))
    figure = Figure(figsize=(5.2 * len(gaps), 1.3 + 0.42 * rows), layout="constrained")
    panels = figure.subplots(1, len(gaps), squeeze=False)[0]
    for axes, (title, gap) in zip(panels, gaps.items(), strict=True):
        places = range(len(gap) - 1, -1, -1)
        axes.hlines(places, gap["low"], gap["high"], color=PALETTE[0], linewidth=2, zorder=1)
        axes.scatter(gap["low"], places, color=PALETTE[-1], label="low-resource languages", zorder=2)
        axes.scatter(gap["high"], places, color=PALETTE[1], label="high-resource languages", zorder=2)
        for place, (low, high, apart) in zip(places, gap[["low", "high", "gap"]].to_numpy(), strict=True):
            axes.annotate(
                f"{apart:+.3f}", (max(low, high), place), xytext=(7, 0), textcoords="offset points", va="center", size=8
            )
        axes.set_yticks(list(places), gap["system"])
        axes.set_xlabel(measure)
        axes.set_xlim(0, 1.2 * max(0.05, float(gap[["low", "high"]].to_numpy().max())))
        axes.set_title(title, loc="left", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False, fontsize=8
    )
    with whole(path) as partial:
        figure.savefig(partial, dpi=150, format="png")
    return path
