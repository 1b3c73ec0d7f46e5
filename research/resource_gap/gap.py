"""How much worse off low-resource languages are than high-resource ones, system by system."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.extras import need
from pyterrier_optical.base.files import whole
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.experiment.plot import PALETTE
from pyterrier_optical.experiment.report import markdown_table

#: The files of a report, and what each has.
PARTS = {"ranked.csv": "All documents ranked", "reranked.csv": "The first stage reranked"}


def gap_report(report: Path, measure: str, low: Sequence[str], high: Sequence[str]) -> str:
    """The gaps of a report of `pyterrier-optical experiment`, as Markdown; draws them to its ``gap.png``.

    Args:
        report: Its folder, with ``ranked.csv`` and, unless it was left out, ``reranked.csv``.
        measure: One of its measures.
        low: Languages of little text; those without a table are left out.
        high: Languages of much text, likewise.

    Raises:
        OpticalError: The folder has none of these files, or they have no values of the measure for one of the groups.
    """
    frames = {title: pd.read_csv(report / name) for name, title in PARTS.items() if (report / name).is_file()}
    if not frames:
        raise OpticalError(f"{shown(str(report))} has no ranked.csv: give the folder that a report was written to.")
    gaps = {title: resource_gap(frame, measure, low, high) for title, frame in frames.items()}
    parts = [f"The mean {measure} over the languages of each group, and how far they are apart."]
    for title, gap in gaps.items():
        table = gap.map(lambda value: f"{value:.3f}" if isinstance(value, float) else value)
        parts.append(f"#### {title}\n\n{markdown_table(table)}")
    gap_chart(gaps, measure, report / "gap.png")
    return "\n\n".join(parts)


def resource_gap(frame: pd.DataFrame, measure: str, low: Sequence[str], high: Sequence[str]) -> pd.DataFrame:
    """The means over two groups of languages, and how far they are apart.

    Args:
        frame: Columns ``dataset``, which is a language, ``system``, ``measure`` and ``mean``.
        measure: One of its measures.
        low: Languages of little text; those without a row are left out.
        high: Languages of much text, likewise.

    Returns:
        Columns ``system``, ``low``, ``high`` and ``gap`` (high - low).

    Raises:
        OpticalError: There is no value of the measure for a group.
    """
    rows = frame[frame["measure"] == measure]
    values = rows.pivot(index="system", columns="dataset", values="mean").reindex(rows["system"].unique())
    low, high = ([lang for lang in group if lang in values] for group in (low, high))
    if not low or not high:
        measures, languages = (", ".join(frame[column].unique()) for column in ("measure", "dataset"))
        raise OpticalError(
            f"There are no values of {shown(measure)} for both groups, but of {measures} for {languages}: choose among "
            "these."
        )
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
