"""The files that a comparison leaves behind."""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pyterrier_optical.distill.config import expand
from pyterrier_optical.experiment.matched.config import ALL_PAIRS, MatchedConfig
from pyterrier_optical.experiment.matched.figures import curve_chart, gap_chart
from pyterrier_optical.experiment.matched.significance import results
from pyterrier_optical.experiment.matched.tables import tables, with_groups


@dataclass(frozen=True)
class MatchedResult:
    """What a comparison found.

    Attributes:
        results: As `significance.results` gives them, with `kind` and `resource`.
        files: Where it is written, by what it is: "tables", "results", "gap", "curves".
    """

    results: pd.DataFrame
    files: dict[str, Path]


def matched_report(config: MatchedConfig, values: pd.DataFrame) -> MatchedResult:
    """Writes tables, all results and pictures into the output folder.

    Args:
        config: The comparison's configuration.
        values: The values of all finished runs.

    Returns:
        The results and the places of the files: `tables.md`, `results.csv`, `gap.png` and, where there are several
        numbers of pairs, `curves.png`.
    """
    folder = Path(expand(config.output))
    grouped = with_groups(results(values), config)
    files = {"tables": folder / "tables.md", "results": folder / "results.csv"}
    _write(files["tables"], tables(grouped))
    _write(files["results"], grouped.to_csv(index=False, float_format="%.6g"))
    amounts = list(dict.fromkeys(grouped["pairs"]))
    whole = ALL_PAIRS if ALL_PAIRS in amounts else amounts[-1]
    files["gap"] = gap_chart(grouped[grouped["pairs"] == whole], folder / "gap.png")
    if len(amounts) > 1:
        files["curves"] = curve_chart(grouped, folder / "curves.png")
    return MatchedResult(grouped, files)


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
