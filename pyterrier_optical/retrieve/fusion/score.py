"""Score fusion: several rankings as one, by scores brought to the same range, with a weight for each ranking."""

import math
from collections.abc import Sequence

import pandas as pd
import pyterrier as pt

from pyterrier_optical.errors import OpticalError, shown
from pyterrier_optical.frames.checks import check_ids, plain, with_numbers
from pyterrier_optical.late.limits import check_positive
from pyterrier_optical.retrieve.fusion.reciprocal_rank import Fusion, sum_of_scores


class ScoreFusion(Fusion):
    """Runs several transformers on the same frame and fuses their rankings by a weighted sum of scores.

    For each query the scores of a ranking are brought to the range from 0 to 1, its last document to its first
    (min-max), and a document's score is their weighted sum: the convex combination of Bruch, Gai and Ingber 2023 (ACM
    TOIS, "An Analysis of Fusion Functions for Hybrid Retrieval"). A document that a ranking does not have counts there
    as its last one does. How long a query is does not matter: the sums of MaxSim may be fused as they are.

    Args:
        retrievers: transformers with ``docno`` and ``score`` in their output; rerankers too.
        weights: one for each transformer, in their order; None for equal ones.
        num_results: most documents for one query; None for all.

    Raises:
        OpticalError: no transformer is given, or something else; or the weights do not fit.

    Example:
        >>> one = pt.Transformer.from_df(pd.DataFrame({"qid": ["q"] * 2, "docno": ["a", "b"], "score": [9.0, 3.0]}))
        >>> two = pt.Transformer.from_df(pd.DataFrame({"qid": ["q"] * 2, "docno": ["b", "a"], "score": [0.9, 0.8]}))
        >>> fusion = ScoreFusion(one, two, weights=(0.3, 0.7))
        >>> fusion(pd.DataFrame({"qid": ["q"], "query": ["shea butter"]}))[["query", "docno", "score", "rank"]]
                 query docno  score  rank
        0  shea butter     b    0.7     0
        1  shea butter     a    0.3     1
    """

    label = "Score fusion"
    help_url = "https://doi.org/10.1145/3596512"

    def __init__(
        self, *retrievers: pt.Transformer, weights: Sequence[float] | None = None, num_results: int | None = 1000
    ):
        super().__init__(retrievers, num_results)
        self.weights = _checked(weights, len(retrievers))

    def fuse(self, *runs: pd.DataFrame) -> pd.DataFrame:
        """See `score_fusion`."""
        return score_fusion(*runs, weights=self.weights, num_results=self.num_results)


def score_fusion(
    *results: pd.DataFrame, weights: Sequence[float] | None = None, num_results: int | None = 1000
) -> pd.DataFrame:
    """Fuses result frames by their scores.

    Args:
        results: frames with ``qid``, ``docno`` and ``score``.
        weights: as for `ScoreFusion`.
        num_results: most documents for one query; None for all.

    Returns:
        ``qid``, ``docno``, ``score`` and ``rank``, by query and best first; scores are between 0 and the sum of the
        weights. Of documents with equal scores the one that is in an earlier frame stands first, then the one that is
        higher there. A document that is twice in a ranking counts with its best score.

    Raises:
        pt.validate.InputValidationError: a column is missing.
        OpticalError: the weights or the number of results do not fit; rows have no ``qid`` or ``docno``, or ids are
            text in one frame and numbers in another; a score is no finite number.

    Example:
        >>> run = pd.DataFrame({"qid": ["q", "q"], "docno": ["a", "b"], "score": [7.0, 5.0]})
        >>> score_fusion(run, run)["score"].tolist()
        [1.0, 0.0]
    """
    check_positive("num_results", num_results)
    runs = []
    for run, weight in zip(map(plain, results), _checked(weights, len(results)), strict=True):
        pt.validate.result_frame(run, extra_columns=["score"])
        check_ids(run, "qid", "docno")
        scored = with_numbers(run, "score")[["qid", "docno", "score"]]
        ranked = scored.sort_values("score", ascending=False, kind="stable").drop_duplicates(["qid", "docno"])
        runs.append(ranked.assign(score=weight * _from_0_to_1(ranked)))
    return sum_of_scores(runs, num_results)


def _from_0_to_1(run: pd.DataFrame) -> pd.Series:
    """The scores of a ranking, by query; all 1 where they are equal."""
    halves = run.assign(score=run["score"] / 2)  # whose differences are finite, however large they are
    scores = halves.groupby("qid")["score"]
    least, span = scores.transform("min"), scores.transform("max") - scores.transform("min")
    return ((halves["score"] - least) / span.where(span > 0, 1)).where(span > 0, 1.0)


def _checked(weights: Sequence[float] | None, count: int) -> tuple[float, ...]:
    if weights is None:
        return (1 / max(1, count),) * count
    try:
        numbers = tuple(float(weight) for weight in weights)
    except (TypeError, ValueError):
        numbers = ()
    if len(numbers) != count or not all(0 <= number < math.inf for number in numbers) or not any(numbers):
        raise OpticalError(
            f"weights={shown(weights)} must be {count} numbers of at least 0, one for each ranking and not all 0."
        )
    return numbers
