"""Tables of a comparison as text and files."""

import math
from pathlib import Path

import pandas as pd

from pyterrier_optical.experiment.comparison import Comparison


def markdown_table(rows: pd.DataFrame) -> str:
    """A frame as a Markdown table with aligned columns, text to the left and numbers to the right; no index.

    Example:
        >>> print(markdown_table(pd.DataFrame({"name": ["a"], "AP": ["0.5"]})))
        | name |  AP |
        |:-----|----:|
        | a    | 0.5 |
    """
    texts = [[str(column) for column in rows], *rows.astype(str).to_numpy().tolist()]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    lines = [
        "| "
        + " | ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        + " |"
        for row in texts
    ]
    rule = "|:" + "-" * (widths[0] + 1) + "|" + "".join("-" * (width + 1) + ":|" for width in widths[1:])
    return "\n".join([lines[0], rule, *lines[1:]])


def dataset_table(comparison: Comparison, name: str, measure: str) -> str:
    """One data set's table for people.

    A star marks values that differ from the baseline's beyond chance.

    Args:
        comparison: The comparison.
        name: One of its data sets.
        measure: The measure whose changed queries and corrected p-values are shown.
    """
    table = comparison.tables[name]
    shown = {"system": table["name"]}
    for column in comparison.measures:
        stars = table[f"{column} reject"].map({True: "*", False: " "})
        shown[column] = table[column].map("{:.3f}".format) + stars
    shown["better/worse"] = [
        "-" if system == comparison.baseline else f"{int(better)}/{int(worse)}"
        for system, better, worse in zip(table["name"], table[f"{measure} +"], table[f"{measure} -"], strict=True)
    ]
    shown[f"p({measure})"] = table[f"{measure} p-value corrected"].map(_p_value)
    return markdown_table(pd.DataFrame(shown))


def summary_table(comparison: Comparison, measure: str) -> str:
    """One measure over all data sets, with their mean; stars as in `dataset_table`."""
    values = comparison.summary(measure)
    stars = comparison.significant(measure).replace({True: "*", False: " "})
    shown = values.map("{:.3f}".format) + stars
    shown["mean"] = values.mean(axis=1).map("{:.3f}".format)
    return markdown_table(shown.rename_axis("system").reset_index())


def legend(comparison: Comparison) -> str:
    """What the stars and p-values of the tables mean."""
    return (
        f"* differs from '{comparison.baseline}' with p < {comparison.alpha:g}: paired t-test over queries, "
        f"{comparison.correction.capitalize()}'s correction for the systems of a table."
    )


def write_csv(comparison: Comparison, path: Path) -> None:
    """All tables with all columns below each other; the first column names the data set."""
    frames = [table.assign(dataset=name) for name, table in comparison.tables.items()]
    frame = pd.concat(frames, ignore_index=True)
    frame.insert(0, "dataset", frame.pop("dataset"))
    frame.to_csv(path, index=False)


def _p_value(p: float) -> str:
    if math.isnan(p):
        return "-"
    return f"{p:.4f}" if p >= 0.0001 else "<.0001"
