"""Any frame: one sentence, or a finite score for every row, the same in any company."""

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings
from hypothesis import strategies as st

from pyterrier_optical import OpticalError, OpticalReranker

TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=tiny.LETTERS + " \u200b\u200d\u0e4d\u00ad\n\x00", max_size=200),
    st.lists(st.sampled_from(tiny.WORDS), max_size=90).map(" ".join),
    st.sampled_from(["", " ", "\ufffd", "<s>", "</s> <mask>", "<pad>", "\u202e", "a" * 5000]),
)
ODD_TEXTS = st.one_of(
    TEXTS,
    st.text(alphabet=st.characters(), max_size=9),
    st.sampled_from([None, float("nan"), pd.NA, 7, 2.5, True, b"a", ["a"], {"a": 1}, "\ud83d", pd.Timestamp(0)]),
)
IDS = st.sampled_from(["q1", "q2", "7", 7, None, ("a",)])


@st.composite
def frames(draw):
    odd = draw(st.booleans())
    texts = ODD_TEXTS if odd else TEXTS
    queries = draw(st.lists(texts, min_size=1, max_size=3))
    rows = draw(st.lists(st.tuples(st.integers(0, len(queries) - 1), texts), max_size=5))
    qids = [draw(IDS) if odd and draw(st.booleans()) else f"q{query}" for query, _ in rows]
    frame = pd.DataFrame({"qid": pd.Series(qids, dtype=object)})
    frame["query"] = pd.Series([queries[query] for query, _ in rows], dtype=object)
    frame["docno"] = [f"d{number}" for number in range(len(rows))]
    frame["text"] = pd.Series([text for _, text in rows], dtype=object)
    if draw(st.booleans()):
        frame["query_gloss"] = pd.Series([draw(texts) for _ in rows], dtype=object)
    if odd and draw(st.booleans()):
        frame = pd.concat([frame, frame[["text"]]], axis="columns")
    return frame.rename_axis(index=draw(st.sampled_from([None, "qid", "rank"])))


@pytest.fixture(scope="module")
def reranker(tmp_path_factory):
    return OpticalReranker(tiny.encoder(tmp_path_factory.mktemp("fuzz")), device="cpu", truncation="passages")


@settings(max_examples=300, deadline=None)
@given(frame=frames())
def test_reranker(reranker, frame):
    before = frame.copy(deep=True)
    try:
        out = reranker(frame)
    except (OpticalError, pt.validate.InputValidationError) as error:
        assert len(str(error)) < 1000
        return
    pd.testing.assert_frame_equal(frame, before)
    assert out["docno"].tolist() == frame["docno"].tolist() and np.isfinite(out["score"]).all()
    for _, group in out.reset_index(drop=True).groupby("qid"):
        assert sorted(group["rank"]) == list(range(len(group)))
    for row in range(len(frame)):
        alone = reranker(frame.iloc[[row]])["score"].iloc[0]
        assert alone == pytest.approx(out["score"].iloc[row], abs=1e-4)
