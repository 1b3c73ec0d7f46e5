"""The tables for people: objectives by languages, one for each start and kind of data set."""

import pandas as pd

from pyterrier_optical.experiment.matched.config import MatchedConfig
from pyterrier_optical.experiment.matched.significance import AHEAD, ALPHA, BEHIND
from pyterrier_optical.experiment.report import markdown_table

LOW, HIGH = "low", "high"


def with_groups(results: pd.DataFrame, config: MatchedConfig) -> pd.DataFrame:
    """The results with two columns more.

    Returns:
        `kind`: the data set with `*` for its language; `resource`: "high" or "low", empty for English.
    """
    high = set(config.matched.high_resource)
    kinds = [
        "/".join("*" if part == language else part for part in dataset.split("/"))
        for dataset, language in zip(results["dataset"], results["language"], strict=True)
    ]
    resource = results["language"].map(lambda lang: "" if lang == "en" else HIGH if lang in high else LOW)
    return results.assign(kind=kinds, resource=resource)


def tables(grouped: pd.DataFrame, reference: str = "ot") -> str:
    """Markdown: a heading and a table for each number of pairs, start and kind of data set, and what the marks mean.

    Args:
        grouped: As `with_groups` gives it.
        reference: The objective that the others were tested against.
    """
    texts = []
    for (pairs, start, kind, measure), rows in grouped.groupby(["pairs", "start", "kind", "measure"], sort=False):
        amount = "all pairs" if pairs == "all" else f"{pairs} pairs a language"
        texts.append(f"### {start} start, {amount}: {kind}, {measure}\n\n{_table(rows)}")
    return "\n\n".join([*texts, legend(grouped, reference)]) + "\n"


def _table(rows: pd.DataFrame) -> str:
    languages = list(dict.fromkeys(rows["language"]))
    table = []
    for system, mine in rows.groupby("system", sort=False):
        cells = {row.language: f"{row.mean:.3f}{row.mark or ' '}" for row in mine.itertuples()}
        line = {"objective": system, **{language: cells.get(language, "-") for language in languages}}
        for resource in (LOW, HIGH):
            if resource in set(rows["resource"]):
                line[resource] = f"{mine.loc[mine['resource'] == resource, 'mean'].mean():.3f}"
        table.append({**line, "seeds": str(mine["seeds"].min())})
    return markdown_table(pd.DataFrame(table))


def legend(grouped: pd.DataFrame, reference: str = "ot") -> str:
    """What the marks and columns of the tables mean."""
    if reference not in set(grouped["system"]):
        return f"No marks: the objective {reference!r}, which the others are tested against, was not run."
    return (
        f"{AHEAD} '{reference}' is ahead of it, {BEHIND} '{reference}' is behind it, with p < {ALPHA:g}: paired t-test "
        "over queries, their values averaged over the seeds that both have, Holm's correction for the objectives of a "
        "column. The means are over all seeds of a row. "
        "'low' and 'high' are means over languages. (cosine): ranked by pooled vectors instead of MaxSim."
    )
