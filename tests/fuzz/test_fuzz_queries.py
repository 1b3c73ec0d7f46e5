"""Any frame of queries: one sentence, or what each query gets alone."""

import pandas as pd
import pyterrier as pt
import pytest
import tiny

hypothesis = pytest.importorskip("hypothesis")
from hypothesis import given, settings
from hypothesis import strategies as st

from pyterrier_optical import ColumnQueryTranslator, OpticalError, OpticalRetriever, OpticalTranslator
from pyterrier_optical.lexicon.table import Lexicon

TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(st.sampled_from([*tiny.WORDS, "uJohn", "12", "ในnairobi"]), max_size=9).map(" ".join),
)
ODD = st.one_of(TEXTS, st.sampled_from([None, float("nan"), pd.NA, 7, 2.5, True, b"a", ["a"], {"a": 1}, "\ud83d"]))
IDS = st.sampled_from(["q1", "q2", "7", 7, 1.5, None, float("nan"), ("a",), "\udc00"])


@st.composite
def frames(draw):
    odd = draw(st.booleans())
    queries = draw(st.lists(ODD if odd else TEXTS, max_size=4))
    qids = [draw(IDS) if odd and draw(st.booleans()) else f"q{number}" for number, _ in enumerate(queries)]
    columns = {"qid": qids, "query": queries, "query_translated": queries[::-1]}
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    if odd and draw(st.booleans()):
        frame = pd.concat([frame, frame[["query"]]], axis="columns")
    return frame.rename_axis(index=draw(st.sampled_from([None, "qid", "query", "docno", "rank"])))


@pytest.fixture(scope="module")
def transformers(tmp_path_factory):
    words = {"paka": (3, {"cat": 1.0}), "mto": (2, {"river": 0.5, "water": 0.5})}
    lexicon = Lexicon.from_entries({"sw": words, "en": {"cat": (9, {}), "river": (9, {})}})
    documents = [{"docno": f"d{number}", "text": text} for number, text in enumerate(tiny.WORDS)]
    return {
        "translator": OpticalTranslator(tiny.WORDS, method="lexicon", lexicon=lexicon),
        "column": ColumnQueryTranslator(missing="keep"),
        "dense": OpticalRetriever(documents, tiny.encoder(tmp_path_factory.mktemp("fuzz")), device="cpu"),
    }


@pytest.mark.parametrize("name", ["translator", "column", "dense"])
@settings(max_examples=200, deadline=None)
@given(frame=frames())
def test_queries(transformers, name, frame):
    before = frame.copy(deep=True)
    try:
        out = transformers[name](frame)
    except (OpticalError, pt.validate.InputValidationError) as error:
        assert len(str(error)) < 1000
        return
    pd.testing.assert_frame_equal(frame, before)
    kept = [column for column in ("qid", "docno", "query_gloss", "query_toks") if column in out.columns]
    alone = [transformers[name](frame.iloc[[row]])[kept].values.tolist() for row in range(len(frame))]
    assert out[kept].values.tolist() == [row for rows in alone for row in rows]
