"""The files that a comparison leaves behind."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pyterrier_optical.distill.config import expand
from pyterrier_optical.experiment.matched.config import ALL_PAIRS, MatchedConfig
from pyterrier_optical.experiment.matched.figures import curve_chart, gap_chart
from pyterrier_optical.experiment.matched.significance import results
from pyterrier_optical.experiment.matched.tables import tables, with_groups
from pyterrier_optical.files import whole


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
    grouped = with_groups(results(values, config.matched.reference), config)
    files = {"tables": folder / "tables.md", "results": folder / "results.csv"}
    with whole(files["tables"]) as partial:
        partial.write_text(tables(grouped, config.matched.reference), encoding="utf-8")
    with whole(files["results"]) as partial:
        grouped.to_csv(partial, index=False, float_format="%.6g")
    amounts = list(dict.fromkeys(grouped["pairs"]))
    most = ALL_PAIRS if ALL_PAIRS in amounts else amounts[-1]
    files["gap"] = gap_chart(grouped[grouped["pairs"] == most], folder / "gap.png")
    if len(amounts) > 1:
        files["curves"] = curve_chart(grouped, folder / "curves.png", config.matched.reference)
    return MatchedResult(grouped, files)
