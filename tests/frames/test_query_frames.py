"""Mistakes in frames of queries: one sentence from every retriever and query translator, or no matter at all."""

import math

import pandas as pd
import pytest
import tiny

from pyterrier_optical import ColumnQueryTranslator, MTQueryTranslator, OpticalError, OpticalTranslator, bm25
from pyterrier_optical.retrieve.dense import OpticalRetriever
from pyterrier_optical.translate import Lexicon

DOCUMENTS = [{"docno": "d1", "text": "the long river"}, {"docno": "d2", "text": "a small dog"}]
QUERIES = pd.DataFrame({"qid": ["q1", "q2"], "query": ["long river", "dog"], "query_translated": ["river", "dog"]})


@pytest.fixture(scope="module")
def transformers(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("queries")
    mt = MTQueryTranslator("owner/absent")
    mt.translate = list
    return {
        "dense": OpticalRetriever(DOCUMENTS, tiny.encoder(folder), device="cpu"),
        "bm25": bm25(DOCUMENTS),
        "translator": OpticalTranslator({"river": 1, "dog": 1}, method="lexicon", lexicon=Lexicon.from_entries({})),
        "mt": mt,
        "column": ColumnQueryTranslator(),
    }


@pytest.fixture(params=["dense", "bm25", "translator", "mt", "column"])
def transformer(request, transformers):
    return transformers[request.param]


def objects(*values) -> pd.Series:
    """A column that pandas does not make text of: it refuses half of a surrogate pair."""
    return pd.Series(values, dtype=object)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"qid": ["q1", None]}, "Row 1 of the frame has no qid"),
        ({"qid": [1.0, math.nan]}, "Row 1 of the frame has no qid"),
        ({"qid": ["1", 1]}, "The qid '1' is text and the qid 1 is a number"),
        ({"qid": [("q", 1), "q2"]}, r"The qid \('q', 1\) is neither text nor a number"),
        ({"qid": ["q1", "q1"]}, "The qid 'q1' has the queries 'long river' and 'dog'"),
        ({"query": ["mto", ["mto"]]}, r"Row 1 of the column 'query' holds \['mto'\]: give a text"),
        ({"query": [b"mto", "mto"]}, "Row 0 of the column 'query' holds b'mto': give a text"),
        ({"query": objects("mto \ud83d", "mto")}, "Row 0 of the column 'query' has half of a surrogate pair"),
    ],
)
def test_mistakes_in_a_frame_are_one_sentence(transformer, columns, message):
    with pytest.raises(OpticalError, match=message):
        transformer(QUERIES.assign(**columns))


def test_a_column_that_is_there_twice_is_named(transformer):
    with pytest.raises(OpticalError, match="more than one column 'query'"):
        transformer(pd.concat([QUERIES, QUERIES[["query"]]], axis="columns"))


@pytest.mark.parametrize("name", ["qid", "query", "docno", "rank"])
def test_an_index_may_be_named_as_a_column_is(transformer, name):
    named = QUERIES.rename_axis(index=name)
    out, expected = transformer(named), transformer(QUERIES)
    assert len(expected)
    pd.testing.assert_frame_equal(out.groupby("qid").head(1), expected.groupby("qid").head(1))
    assert named.index.name == name


def test_a_number_is_a_query_of_its_digits(transformer):
    numbers, texts = (transformer(QUERIES.assign(query=values)) for values in ([7, 8], ["7", "8"]))
    kept = [name for name in texts.columns if not name.startswith("query_0") and name != "query"]
    pd.testing.assert_frame_equal(numbers[kept], texts[kept])


@pytest.mark.parametrize(
    ("translations", "message"),
    [
        (["river", ["dog"]], r"Row 1 of the column 'query_translated' holds \['dog'\]: give a text"),
        (objects("river", "\udc00"), "Row 1 of the column 'query_translated' has half of a surrogate pair"),
    ],
)
def test_translations_are_texts(translations, message):
    with pytest.raises(OpticalError, match=message):
        ColumnQueryTranslator()(QUERIES.assign(query_translated=translations))


def test_a_query_has_one_translation():
    with pytest.raises(OpticalError, match="The qid 'q1' has the queries 'river' and 'dog'"):
        ColumnQueryTranslator()(QUERIES.assign(qid="q1", query="mto"))
