"""From values per query to means, and to tests of one objective against every other."""

import pandas as pd
from statsmodels.stats.multitest import multipletests

from pyterrier_optical.experiment.comparison import paired_t_test
from pyterrier_optical.experiment.matched.config import ALL_PAIRS
from pyterrier_optical.experiment.matched.evaluation import COSINE
from pyterrier_optical.experiment.matched.grid import Run

ALPHA = 0.05
AHEAD, BEHIND = "*", "†"
_CELL = ["pairs", "start", "dataset", "language", "measure"]


def results(values: pd.DataFrame, reference: str = "ot") -> pd.DataFrame:
    """Means of every objective, and whether the reference differs from it.

    The value of a query is first averaged over the seeds; the tests are paired over queries (Student's t), between the
    seeds that both objectives have, and corrected by Holm's method for the objectives of one data set and start.

    Args:
        values: The values of runs, as `RunStore.values` gives them, below each other.
        reference: The objective that the others are tested against.

    Returns:
        A row for each number of pairs, start, data set and system (an objective and how it ranks), with `mean`,
        `spread` (standard deviation of the seeds' means), `seeds`, `queries`, `difference` (the reference's mean less
        this one's), `p`, `p_corrected`, and `mark`: "*" where the reference is ahead, "†" where it is behind.
    """
    cells = values.assign(system=_systems(values)).groupby(_CELL, sort=False)
    return pd.concat(
        [_cell(dict(zip(_CELL, key, strict=True)), group, reference) for key, group in cells], ignore_index=True
    )


def _systems(values: pd.DataFrame) -> pd.Series:
    return values["objective"] + values["ranking"].map({COSINE: f" ({COSINE})"}).fillna("")


def _cell(names: dict, group: pd.DataFrame, reference: str) -> pd.DataFrame:
    systems = group.groupby("system", sort=False)
    tables = {system: rows.pivot(index="qid", columns="seed", values="value") for system, rows in systems}
    rows = []
    for system, table in tables.items():
        seeds = table.mean()
        # One seed says nothing of others; what no seed changes has no spread.
        spread = float(seeds.std()) if len(seeds) > 1 else float("nan") if _seeded(names["start"], system) else 0.0
        row = {**names, "system": system, "mean": float(seeds.mean()), "spread": spread}
        rows.append({**row, "seeds": len(seeds), "queries": len(table)})
        rows[-1].update(_test(tables.get(reference), table, seeded=_seeded(names["start"], system)))
    return _corrected(pd.DataFrame(rows))


def _seeded(start: str, system: str) -> bool:
    return Run(start, system.removesuffix(f" ({COSINE})"), seed=0, pairs=ALL_PAIRS).depends_on_seed


def _test(ours: pd.DataFrame | None, table: pd.DataFrame, seeded: bool) -> dict:
    if ours is None or ours is table:
        return {"difference": None, "p": None}
    # What does not depend on the seed was run once, and is the same for every seed.
    shared = ours.columns.intersection(table.columns) if seeded else ours.columns
    if not len(shared):
        return {"difference": None, "p": None}
    other = table[shared if seeded else table.columns].mean(axis=1)
    mine = ours[shared].mean(axis=1).reindex(other.index)
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
