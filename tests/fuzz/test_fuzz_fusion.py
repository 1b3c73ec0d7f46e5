"""Any rankings: one sentence, or a ranking in which no document is lost."""

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings
from hypothesis import strategies as st

from pyterrier_optical import OpticalError
from pyterrier_optical.retrieve.fusion.reciprocal_rank import reciprocal_rank_fusion
from pyterrier_optical.retrieve.fusion.score import score_fusion

REFUSED = (OpticalError, pt.validate.InputValidationError)

TEXT_IDS = st.sampled_from(["1", "q1", "", " ", "é", "e\u0301", "\ud83d", "a" * 300])
NUMBER_IDS = st.sampled_from([1, 1.0, 0, -3, 2**60, np.int64(1), np.float32(1)])
ODD_IDS = st.one_of(TEXT_IDS, NUMBER_IDS, st.sampled_from([None, float("nan"), pd.NA, True, ("a",), b"a"]))
NUMBERS = st.one_of(st.floats(), st.integers(-(10**20), 10**20))
ODD_NUMBERS = st.one_of(NUMBERS, st.sampled_from([None, "7", "high", pd.NA, True, [1]]))


@st.composite
def runs(draw):
    ids, numbers = draw(st.sampled_from([(TEXT_IDS, NUMBERS), (NUMBER_IDS, NUMBERS), (ODD_IDS, ODD_NUMBERS)]))
    rows = draw(st.lists(st.tuples(ids, ids, numbers), max_size=8))
    name = draw(st.sampled_from(["score", "score", "rank"]))
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    kind = draw(st.sampled_from([object, None]))
    try:
        frame = pd.DataFrame(
            {key: pd.Series(column, dtype=kind) for key, column in zip(("qid", "docno", name), columns, strict=True)}
        )
    except (UnicodeEncodeError, OverflowError):  # no such frame can be made
        hypothesis.assume(False)
    index = draw(st.sampled_from([None, "qid", "docno", "other"]))
    return frame.rename_axis(index=index)


@pytest.mark.parametrize("fuse", [reciprocal_rank_fusion, score_fusion])
@settings(max_examples=1500, deadline=None)
@given(st.lists(runs(), min_size=1, max_size=3))
def test_fusion(fuse, rankings):
    before = [frame.copy(deep=True) for frame in rankings]
    try:
        out = fuse(*rankings, num_results=None)
    except REFUSED as error:
        assert len(str(error)) < 1000
        return
    for frame, copy in zip(rankings, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)
    assert out.columns.tolist() == ["qid", "docno", "score", "rank"]
    assert np.isfinite(out["score"].astype(float)).all()
    pairs = {pair for frame in rankings for pair in zip(frame["qid"], frame["docno"], strict=True)}
    assert pairs == set(zip(out["qid"], out["docno"], strict=True)) and len(pairs) == len(out)
    for _, group in out.groupby("qid"):
        assert group["rank"].tolist() == list(range(len(group))) and group["score"].is_monotonic_decreasing
