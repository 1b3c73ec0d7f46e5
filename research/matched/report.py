"""The files that a comparison leaves behind: all results, and tables of systems by languages."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pyterrier_optical.base.files import whole
from pyterrier_optical.distill.config import expand
from pyterrier_optical.experiment.report import markdown_table
from research.matched.config import MatchedConfig
from research.matched.significance import AHEAD, ALPHA, BEHIND, results

WIDE = 16
"""A table of more languages shows their mean alone."""


@dataclass(frozen=True)
class MatchedResult:
    """What a comparison found.

    Attributes:
        results: As `significance.results` gives them.
        files: Where it is written, by what it is: "tables", "results".
    """

    results: pd.DataFrame
    files: dict[str, Path]


def matched_report(config: MatchedConfig, values: pd.DataFrame) -> MatchedResult:
    """Writes tables and all results into the output folder.

    Args:
        config: The comparison's configuration.
        values: The values of all finished runs.

    Returns:
        The results and the places of `tables.md` and `results.csv`.
    """
    folder = Path(expand(config.output))
    found = results(values, config.matched.reference)
    files = {"tables": folder / "tables.md", "results": folder / "results.csv"}
    with whole(files["tables"]) as partial:
        partial.write_text(tables(found, config.matched.reference), encoding="utf-8")
    with whole(files["results"]) as partial:
        found.to_csv(partial, index=False, float_format="%.6g")
    return MatchedResult(found, files)


def tables(found: pd.DataFrame, reference: str) -> str:
    """Markdown: a heading and a table for each kind of data set, and what the marks mean.

    Args:
        found: As `significance.results` gives it.
        reference: The system that the others were tested against.
    """
    kinds = [
        "/".join("*" if part == language else part for part in dataset.split("/"))
        for dataset, language in zip(found["dataset"], found["language"], strict=True)
    ]
    grouped = found.assign(kind=kinds).groupby(["kind", "measure"], sort=False)
    texts = [f"### {kind}, {measure}\n\n{_table(rows)}" for (kind, measure), rows in grouped]
    return "\n\n".join([*texts, _legend(found, reference)]) + "\n"


def _table(rows: pd.DataFrame) -> str:
    languages = list(dict.fromkeys(rows["language"]))
    if len(languages) > WIDE:
        languages = []  # `results.csv` has them
    table = []
    for system, mine in rows.groupby("system", sort=False):
        cells = {row.language: f"{row.mean:.3f}{row.mark or ' '}" for row in mine.itertuples()}
        foreign = mine.loc[mine["language"] != "en", "mean"].mean()
        line = {"system": system, **{language: cells.get(language, "-") for language in languages}}
        table.append({**line, "but en": f"{foreign:.3f}", "seeds": str(mine["seeds"].min())})
    return markdown_table(pd.DataFrame(table))


def _legend(found: pd.DataFrame, reference: str) -> str:
    if reference not in set(found["system"]):
        return f"No marks: {reference!r}, which the others are tested against, was not run."
    return (
        f"{AHEAD} '{reference}' is ahead of it, {BEHIND} '{reference}' is behind it, with p < {ALPHA:g}: paired t-test "
        "over queries, their values averaged over the seeds that both have, Holm's correction for the systems of a "
        "column. 'but en' is the mean over languages other than English. (cosine): ranked by pooled vectors instead of "
        "MaxSim."
    )
