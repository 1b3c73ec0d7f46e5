"""ColumnQueryTranslator: translations that come with the data."""

import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.mt import ColumnQueryTranslator

TOPICS = pd.DataFrame(
    {"qid": ["1", "2"], "query": ["nani alichora", "mto mrefu"], "query_translated": ["who painted", "a long river"]}
)


class TestContract(pt.testing.transformer_test_class(ColumnQueryTranslator)):
    """PyTerrier's own checks."""


def test_the_translation_takes_the_place_of_the_query():
    inp = TOPICS.assign(query_toks=[{"x": 1.0}] * 2, query_gloss="x")
    out = ColumnQueryTranslator()(inp)
    assert out["query"].tolist() == ["who painted", "a long river"]
    assert out["query_0"].tolist() == ["nani alichora", "mto mrefu"]
    assert not {"query_toks", "query_gloss"} & set(out.columns) and "query_toks" in inp.columns
    pd.testing.assert_frame_equal(pt.rewrite.reset()(out)[TOPICS.columns.tolist()], TOPICS)


def test_an_earlier_query_moves_on():
    out = ColumnQueryTranslator("english")(TOPICS.assign(query_0="first", english=["a", "b"]))
    assert out["query_1"].tolist() == ["first", "first"] and out["query"].tolist() == ["a", "b"]


@pytest.mark.parametrize("missing", [None, float("nan"), "", "  "])
def test_a_missing_translation_names_its_query(missing):
    topics = TOPICS.assign(query_translated=["who painted", missing])
    with pytest.raises(OpticalError, match=r"query '2' has no translation in the column 'query_translated' \(1 in all"):
        ColumnQueryTranslator()(topics)
    assert ColumnQueryTranslator(missing="keep")(topics)["query"].tolist() == ["who painted", "mto mrefu"]


def test_an_empty_query_needs_no_translation():
    out = ColumnQueryTranslator()(TOPICS.assign(query=["", "mto"], query_translated=[None, "a river"]))
    assert out["query"].tolist() == ["", "a river"]


def test_a_missing_column_is_a_validation_error():
    with pytest.raises(pt.validate.InputValidationError):
        ColumnQueryTranslator("english")(TOPICS)
    assert ColumnQueryTranslator()(TOPICS.iloc[:0]).columns.tolist() == ["qid", "query_0", "query_translated", "query"]


def test_identity_is_the_arguments():
    assert ColumnQueryTranslator() == ColumnQueryTranslator("query_translated") != ColumnQueryTranslator("english")
    assert hash(ColumnQueryTranslator()) == hash(ColumnQueryTranslator("query_translated"))
    assert repr(ColumnQueryTranslator("english")) == "ColumnQueryTranslator(column='english')"


@pytest.mark.parametrize("arguments", [{"column": "query"}, {"column": None}, {"missing": "drop"}])
def test_arguments_out_of_range_are_refused(arguments):
    with pytest.raises(OpticalError):
        ColumnQueryTranslator(**arguments)


def test_afriqa_has_translations_for_all(optical_data):
    dataset = pt.get_dataset("optical:afriqa/ha/dev")
    topics = dataset.get_topics()
    out = ColumnQueryTranslator()(topics)
    assert out["query"].tolist() == topics["query_translated"].tolist()
    assert out["query_0"].tolist() == topics["query"].tolist() and len(out) > 200
