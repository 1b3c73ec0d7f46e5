"""Tables of a comparison as text and files."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.files import whole
from pyterrier_optical.experiment.comparison import Comparison


def markdown_table(rows: pd.DataFrame) -> str:
    """A frame as a Markdown table with aligned columns, texts to the left and numbers to the right; no index.

    Example:
        >>> print(markdown_table(pd.DataFrame({"name": ["a"], "AP": ["0.5"]})))
        | name |  AP |
        |:-----|----:|
        | a    | 0.5 |
    """
    columns = [[str(name), *rows[name].map(str)] for name in rows]
    aligned = [_aligned(cells) for cells in columns]
    rule = ["-" * (len(cells[0]) + 1) for cells in aligned]
    rule = [line + ":" if _is_numeric(cells[1:]) else ":" + line for line, cells in zip(rule, columns, strict=True)]
    head, *body = ["| " + " | ".join(cells) + " |" for cells in zip(*aligned, strict=True)]
    return "\n".join([head, "|" + "|".join(rule) + "|", *body])


def _aligned(cells: list[str]) -> list[str]:
    width = max(map(len, cells))
    numeric = _is_numeric(cells[1:])
    return [cell.rjust(width) if numeric else cell.ljust(width) for cell in cells]


def _is_numeric(cells: list[str]) -> bool:
    """Whether all cells are numbers, as this module writes them."""
    return all(re.fullmatch(r"[-<]|[-<]?[\d./]+[*† ]?", cell) for cell in cells)


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


def latex_table(comparison: Comparison, measure: str) -> str:
    """One measure over all data sets as a table for LaTeX, with booktabs; stars as in `dataset_table`, the best bold.

    Example:
        >>> frame = pd.DataFrame({"name": ["a", "b"], "AP": [0.5, 0.25], "AP reject": False})
        >>> print(latex_table(Comparison({"sw": frame}, "a", ("AP",), "holm", 0.05), "AP").splitlines()[3])
        a & \\textbf{0.500} & 0.500 \\\\
    """
    values, stars = comparison.summary(measure), comparison.significant(measure)
    shown = values.map("{:.3f}".format)
    for name in values:
        best = values[name] == values[name].max()
        shown[name] = shown[name].where(~best, "\\textbf{" + shown[name] + "}") + stars[name].map(
            {True: "$^{*}$", False: ""}
        )
    shown["mean"] = values.mean(axis=1).map("{:.3f}".format)
    head = " & ".join(["system", *map(_latex, shown)])
    rows = [" & ".join([_latex(system), *cells]) for system, *cells in shown.itertuples()]
    columns = "l" + "r" * len(shown.columns)
    lines = [f"\\begin{{tabular}}{{{columns}}}", "\\toprule", f"{head} \\\\ \\midrule"]
    lines += [f"{row} \\\\" for row in rows]
    return "\n".join([*lines, "\\bottomrule", "\\end{tabular}"])


def _latex(text: object) -> str:
    signs = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", ">": "$>$", "<": "$<$"}
    return "".join(signs.get(letter, f"\\{letter}" if letter in "&%$#_{}" else letter) for letter in str(text))


def write_latex(parts: Mapping[str, tuple[Comparison, Sequence[str]]], path: Path) -> None:
    """Summaries of comparisons as tables for LaTeX, one after the other.

    Args:
        parts: By their titles, comparisons and the measures to show.
        path: The file.
    """
    tables = [
        f"% {title}: {measure}. {legend(comparison)}\n{latex_table(comparison, measure)}\n"
        for title, (comparison, measures) in parts.items()
        for measure in measures
    ]
    with whole(path) as partial:
        partial.write_text("\n".join(["% \\usepackage{booktabs}", *tables]), encoding="utf-8")


def write_csv(comparison: Comparison, path: Path) -> tuple[Path, Path]:
    """The tidy frame of a comparison, and beside it, as ``<name>-queries.csv.gz``, the values of each query.

    Returns:
        Both files.
    """
    queries = path.with_name(f"{path.stem}-queries.csv.gz")
    with whole(path) as partial:
        comparison.frame.to_csv(partial, index=False)
    with whole(queries) as partial:
        comparison.values.to_csv(partial, index=False, compression={"method": "gzip", "mtime": 0})
    return path, queries


def _p_value(p: float) -> str:
    if math.isnan(p):
        return "-"
    return f"{p:.4f}" if p >= 0.0001 else "<.0001"
