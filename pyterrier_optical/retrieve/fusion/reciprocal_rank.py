"""Several rankings as one: what every fusion does, and reciprocal-rank fusion, by ranks alone."""

import math
from copy import copy
from itertools import chain, product
from numbers import Real

import pandas as pd
import pyterrier as pt

from pyterrier_optical.base.identity import ByArguments
from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import check_ids, check_same_kinds, checked_queries, plain, with_numbers
from pyterrier_optical.frames.mixing import GuardedMixing
from pyterrier_optical.late.limits import check_positive


class Fusion(ByArguments, GuardedMixing):
    """Runs several transformers on the same frame and fuses their rankings, in a way that its subclasses have.

    Args:
        retrievers: transformers with ``docno`` in their output; rerankers too.
        num_results: most documents for one query; None for all.

    Raises:
        OpticalError: no transformer is given, or something else; or the number of results is below 1.
    """

    label: str
    help_url: str

    def __init__(self, retrievers: tuple[pt.Transformer, ...], num_results: int | None):
        name = type(self).__name__
        if not retrievers or not all(isinstance(retriever, pt.Transformer) for retriever in retrievers):
            raise OpticalError(f"{name} fuses transformers, one or more, and was given {shown(retrievers)}.")
        check_positive("num_results", num_results)
        self.retrievers = retrievers
        self.num_results = num_results

    def fuse(self, *runs: pd.DataFrame) -> pd.DataFrame:
        """One frame of ``qid``, ``docno``, ``score`` and ``rank`` out of those of the transformers."""
        raise NotImplementedError

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Fuses.

        Args:
            inp: what each of the transformers takes: a query frame for retrievers, a result frame for rerankers.

        Returns:
            The columns of ``inp`` as they came, then ``docno`` (where ``inp`` has none), ``score`` and ``rank``.
            Columns that a transformer adds are dropped: ``query_toks`` of one means nothing to another. Rows are by
            query in the order of ``inp``, best first.

        Raises:
            pt.validate.InputValidationError: one of the transformers misses a column.
            OpticalError: rows have no ``qid`` or ``docno``, a ``qid`` has two queries, or ids are text in one frame and
                numbers in another.
        """
        inp = checked_queries(inp)
        if "docno" in inp.columns:
            check_ids(inp, "docno")
        fused = self.fuse(*(retriever(inp.copy()) for retriever in self.retrievers))
        check_same_kinds([inp, fused], *(name for name in ("qid", "docno") if name in inp.columns))
        names = ["qid", "docno"] if "docno" in inp.columns else ["qid"]
        columns = inp.drop(columns=["score", "rank"], errors="ignore").drop_duplicates(names)
        order = {qid: number for number, qid in enumerate(columns["qid"].drop_duplicates())}
        fused = fused.sort_values("qid", key=lambda qids: qids.map(order), kind="stable")
        out = fused.merge(columns, on=names, how="left")
        return out[[*columns.columns, *(name for name in fused.columns if name not in columns.columns)]]

    def transform_inputs(self) -> list[list[str]]:
        """The columns that satisfy all of the transformers, in each way that they can be satisfied."""
        ways = product(*map(pt.inspect.transformer_inputs, self.retrievers))
        joined = dict.fromkeys(tuple(dict.fromkeys(["qid", *chain(*way)])) for way in ways)
        return [list(columns) for columns in joined]

    def fuse_rank_cutoff(self, k: int) -> "Fusion":
        """The same fusion with at most ``k`` results; PyTerrier asks for it to compile ``fusion % k``."""
        if self.num_results is not None and k >= self.num_results:
            return self
        return self._with(num_results=k)

    def compile(self) -> "Fusion":
        """With each of its transformers compiled."""
        return self._with(retrievers=tuple(retriever.compile() for retriever in self.retrievers))

    def _with(self, **changes) -> "Fusion":
        other = copy(self)
        other.__dict__.update(changes)
        return other

    def _arguments(self) -> dict:
        # A subclass may take other arguments than these, and have the transformers from them.
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    def schematic(self, *, input_columns=None) -> dict:
        """How PyTerrier draws this transformer."""
        return {"label": self.label, "inner_pipelines_mode": "combine", "help_url": self.help_url}


class ReciprocalRankFusion(Fusion):
    """Runs several transformers on the same frame and fuses their rankings (Cormack, Clarke and Buettcher 2009).

    A document's score is the sum of ``1 / (k + rank)`` over the rankings that have it, with ranks from 1. Scores play
    no part, so that systems whose scores cannot be compared may be fused. How deep each ranking counts is for each
    transformer to say: ``ReciprocalRankFusion(bm25 % 100, dense % 100)``. Where one ranking is known to be the better
    one, `ScoreFusion` can give it more weight.

    Args:
        retrievers: transformers with ``docno`` and ``rank`` or ``score`` in their output; rerankers too.
        k: the larger, the less the first ranks stand out; 60 is that of the paper, not tuned.
        num_results: most documents for one query; None for all.

    Raises:
        OpticalError: no transformer is given, or something else.

    Example:
        >>> one = pt.Transformer.from_df(pd.DataFrame({"qid": ["q"], "docno": ["a"], "score": [9.0], "rank": [0]}))
        >>> two = pt.Transformer.from_df(
        ...     pd.DataFrame({"qid": ["q", "q"], "docno": ["b", "a"], "score": [0.9, 0.8], "rank": [0, 1]})
        ... )
        >>> fusion = ReciprocalRankFusion(one, two, k=1)
        >>> fusion(pd.DataFrame({"qid": ["q"], "query": ["shea butter"]}))[["query", "docno", "rank"]]
                 query docno  rank
        0  shea butter     a     0
        1  shea butter     b     1
    """

    label = "RRF"
    help_url = "https://doi.org/10.1145/1571941.1572114"

    def __init__(self, *retrievers: pt.Transformer, k: float = 60, num_results: int | None = 1000):
        super().__init__(retrievers, num_results)
        _check_k(k)
        self.k = k

    def fuse(self, *runs: pd.DataFrame) -> pd.DataFrame:
        """See `reciprocal_rank_fusion`."""
        return reciprocal_rank_fusion(*runs, k=self.k, num_results=self.num_results)


def reciprocal_rank_fusion(*results: pd.DataFrame, k: float = 60, num_results: int | None = 1000) -> pd.DataFrame:
    """Fuses result frames.

    Args:
        results: frames with ``qid``, ``docno`` and ``rank``, or ``score`` where there is no rank.
        k: as for `ReciprocalRankFusion`.
        num_results: most documents for one query; None for all.

    Returns:
        ``qid``, ``docno``, ``score`` and ``rank``, by query and best first. Of documents with equal scores the one that
        is in an earlier frame stands first, then the one that is higher there. A document that is twice in a ranking
        counts with its best rank.

    Raises:
        pt.validate.InputValidationError: a column is missing.
        OpticalError: an argument is out of its range; rows have no ``qid`` or ``docno``, or ids are text in one frame
            and numbers in another; a rank or score is no finite number.

    Example:
        >>> run = pd.DataFrame({"qid": ["q", "q"], "docno": ["a", "b"], "rank": [0, 1]})
        >>> reciprocal_rank_fusion(run, run, k=9)["score"].round(3).tolist()
        [0.2, 0.182]
    """
    check_positive("num_results", num_results)
    _check_k(k)
    runs = []
    for run in map(plain, results):
        with pt.validate.any(run) as mode:
            mode.result_frame(extra_columns=["rank"])
            mode.result_frame(extra_columns=["score"])
        check_ids(run, "qid", "docno")
        if "rank" in run.columns:
            ranked = with_numbers(run, "rank", least=pt.model.FIRST_RANK)
        else:
            ranked = pt.model.add_ranks(with_numbers(run, "score"))
        ranked = ranked[["qid", "docno", "rank"]].sort_values("rank", kind="stable")
        runs.append(ranked.drop_duplicates(["qid", "docno"]))
    return sum_of_scores(
        [run.assign(score=1.0 / (k + run["rank"] - pt.model.FIRST_RANK + 1)) for run in runs], num_results
    )


def sum_of_scores(runs: list[pd.DataFrame], num_results: int | None) -> pd.DataFrame:
    """What the scores of some rankings add up to.

    Args:
        runs: frames with ``qid``, ``docno`` and ``score``, best first for each query, no document twice.
        num_results: most documents for one query; None for all.

    Returns:
        ``qid``, ``docno``, ``score`` and ``rank``, by query and best first, equal scores in the order of the frames.
    """
    check_same_kinds(runs, "qid", "docno")
    # A frame without rows may have columns of another type than the others.
    together = pd.concat([run for run in runs if len(run)] or runs[:1])
    # Groups come in the order of their first row, which decides between equal scores.
    fused = together.groupby(["qid", "docno"], sort=False, observed=True)["score"].sum().reset_index()
    fused = pt.model.add_ranks(fused)
    order = {qid: number for number, qid in enumerate(fused["qid"].drop_duplicates())}
    fused = fused.sort_values(["qid", "rank"], key=lambda of: of.map(order) if of.name == "qid" else of)
    if num_results is not None:
        fused = fused[fused["rank"] < num_results + pt.model.FIRST_RANK]
    return fused.reset_index(drop=True)


def _check_k(k: float) -> None:
    if not isinstance(k, Real) or not 0 <= k < math.inf:
        raise OpticalError(f"k={shown(k)} must be a number of at least 0.")
