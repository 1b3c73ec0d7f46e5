"""Pictures of a comparison: low- against high-resource languages, and curves by the amount of data."""

import os
from pathlib import Path

import pandas as pd

from pyterrier_optical.experiment.matched.config import ALL_PAIRS
from pyterrier_optical.experiment.matched.tables import HIGH, LOW
from pyterrier_optical.experiment.plot import PALETTE
from pyterrier_optical.files import whole

_COLOURS = {LOW: PALETTE[-1], HIGH: PALETTE[1]}


def gap_chart(grouped: pd.DataFrame, path: str | os.PathLike) -> Path:
    """Draws every objective's mean over low- and over high-resource languages.

    A row of panels for each start, a panel for each kind of data set.

    Args:
        grouped: As `with_groups` gives it, of one number of pairs.
        path: A file name that ends in `.png`.

    Returns:
        `path`.
    """
    from matplotlib.figure import Figure

    means = _means(grouped, ["start", "kind", "measure", "system", "resource"])
    starts, kinds = list(dict.fromkeys(means["start"])), list(dict.fromkeys(means["kind"]))
    figure = Figure(figsize=(3.6 * len(kinds) + 1.6, 3.4 * len(starts) + 0.6), layout="constrained")
    panels = figure.subplots(len(starts), len(kinds), squeeze=False)
    for row, start in enumerate(starts):
        for column, kind in enumerate(kinds):
            axes, here = panels[row][column], means[(means["start"] == start) & (means["kind"] == kind)]
            systems = list(dict.fromkeys(here["system"]))
            for resource, colour in _COLOURS.items():
                values = here[here["resource"] == resource].set_index("system")["mean"].reindex(systems)
                place = -0.2 if resource == LOW else 0.2
                places = [i + place for i in range(len(systems))]
                axes.barh(places, values.fillna(0), 0.36, color=colour, label=f"{resource}-resource")
            axes.set_yticks(range(len(systems)), systems if column == 0 else [""] * len(systems), fontsize=8)
            axes.invert_yaxis()
            axes.set_title(f"{start} start: {kind}", loc="left", fontsize=9)
            axes.set_xlabel(here["measure"].iloc[0] if len(here) else "")
            axes.spines[["top", "right"]].set_visible(False)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return _save(figure, path)


def curve_chart(grouped: pd.DataFrame, path: str | os.PathLike, reference: str = "ot") -> Path:
    """Draws every objective's mean by the number of pairs of each language, each number a step.

    A row of panels for each start, a panel for each kind of data set and low- or high-resource languages.

    Args:
        grouped: As `with_groups` gives it.
        path: A file name that ends in `.png`.
        reference: The objective that is drawn thick.

    Returns:
        `path`.
    """
    from matplotlib.figure import Figure

    means = _means(grouped, ["start", "kind", "resource", "measure", "system", "pairs"])
    # "all" is another number for each language, and no place on an axis of numbers.
    amounts = sorted(set(means["pairs"]), key=lambda pairs: float("inf") if pairs == ALL_PAIRS else int(pairs))
    means["amount"] = [amounts.index(pairs) for pairs in means["pairs"]]
    starts = list(dict.fromkeys(means["start"]))
    groups = list(dict.fromkeys(zip(means["kind"], means["resource"], strict=True)))
    figure = Figure(figsize=(3.4 * len(groups) + 1.0, 3.2 * len(starts) + 1.0), layout="constrained")
    panels = figure.subplots(len(starts), len(groups), squeeze=False)
    systems = list(dict.fromkeys(means["system"]))
    for row, start in enumerate(starts):
        for column, (kind, resource) in enumerate(groups):
            axes = panels[row][column]
            chosen = (means["start"] == start) & (means["kind"] == kind) & (means["resource"] == resource)
            for number, system in enumerate(systems):
                line = means[chosen & (means["system"] == system)].sort_values("amount")
                style = {"color": PALETTE[-1], "linewidth": 2.2} if system == reference else {"linewidth": 1.1}
                style.setdefault("color", f"C{number}")
                axes.plot(line["amount"], line["mean"], marker="o", markersize=3, label=system, **style)
            axes.set_xticks(range(len(amounts)), [a if a == ALL_PAIRS else f"{int(a):,}" for a in amounts])
            axes.set_title(f"{start} start: {kind}, {resource}-resource", loc="left", fontsize=8)
            axes.set_xlabel("pairs a language")
            axes.spines[["top", "right"]].set_visible(False)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=8)
    return _save(figure, path)


def _means(grouped: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    return grouped[grouped["resource"] != ""].groupby(by, sort=False)["mean"].mean().reset_index()


def _save(figure, path: str | os.PathLike) -> Path:
    path = Path(path)
    with whole(path) as partial:
        figure.savefig(partial, dpi=150, format="png")
    return path
