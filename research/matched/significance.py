"""From values per query to means, and to tests of one system against every other."""

import pandas as pd
from statsmodels.stats.multitest import multipletests

from pyterrier_optical.experiment.significance import paired_t_test
from research.matched.evaluation import COSINE
from research.matched.names import START

ALPHA = 0.05
AHEAD, BEHIND = "*", "†"
_CELL = ["dataset", "language", "measure"]


def results(values: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Means of every system (a start, an objective and how it ranks), and whether the reference differs from it.

    The value of a query is first averaged over the seeds; the tests are paired over queries (Student's t), between the
    seeds that both systems have, and corrected by Holm's method for the systems of one data set.

    Args:
        values: The values of runs, as `RunStore.values` gives them, below each other.
        reference: The system that the others are tested against, such as "centred ot".

    Returns:
        A row for each data set and system, with `mean`, `spread` (standard deviation of the seeds' means), `seeds`,
        `queries`, `difference` (the reference's mean less this one's), `p`, `p_corrected`, and `mark`: "*" where the
        reference is ahead, "†" where it is behind.
    """
    ranking = values["ranking"].map({COSINE: f" ({COSINE})"}).fillna("")
    cells = values.assign(system=values["start"] + " " + values["objective"] + ranking).groupby(_CELL, sort=False)
    return pd.concat(
        [_cell(dict(zip(_CELL, key, strict=True)), group, reference) for key, group in cells], ignore_index=True
    )


def _cell(names: dict, group: pd.DataFrame, reference: str) -> pd.DataFrame:
    systems = group.groupby("system", sort=False)
    tables = {system: rows.pivot(index="qid", columns="seed", values="value") for system, rows in systems}
    untrained = set(group.loc[group["objective"] == START, "system"])
    rows = []
    for system, table in tables.items():
        seeds = table.mean()
        row = {**names, "system": system, "mean": float(seeds.mean()), "spread": float(seeds.std())}
        row |= {"seeds": len(seeds), "queries": len(table), "difference": None, "p": None}
        if reference in tables and system != reference:
            row |= _test(tables[reference], table, any_seed=bool(untrained & {system, reference}))
        rows.append(row)
    return _corrected(pd.DataFrame(rows))


def _test(ours: pd.DataFrame, table: pd.DataFrame, *, any_seed: bool) -> dict:
    # A start without training is the same for every seed.
    if not any_seed:
        shared = ours.columns.intersection(table.columns)
        ours, table = ours[shared], table[shared]
    if not len(ours.columns):
        return {}
    other = table.mean(axis=1)
    mine = ours.mean(axis=1).reindex(other.index)
    return {"difference": float((mine - other).mean()), "p": paired_t_test(mine.to_numpy(), other.to_numpy())[1]}


def _corrected(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.astype({"difference": float, "p": float})
    tested = rows["p"].notna()
    rows["p_corrected"] = float("nan")
    if tested.any():
        rows.loc[tested, "p_corrected"] = multipletests(rows.loc[tested, "p"], method="holm")[1]
    beyond = rows["p_corrected"] < ALPHA
    rows["mark"] = ""
    rows.loc[beyond & (rows["difference"] > 0), "mark"] = AHEAD
    rows.loc[beyond & (rows["difference"] < 0), "mark"] = BEHIND
    return rows
