import ir_measures
import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical.experiment.names import compare_names, name_queries, names_table
from pyterrier_optical.experiment.tasks import Task
from pyterrier_optical.retrieve.bm25 import bm25


@pytest.fixture
def retriever():
    pytest.importorskip("pyterrier_pisa")
    text = "Where Timbuktu and Djenné lie along the Niger, a new town was built in May."
    return bm25([{"docno": "d1", "text": text}, {"docno": "d2", "text": "None of it"}], engine="pisa")


@pytest.mark.parametrize(
    ("query", "translation", "names"),
    [
        ("Yaushe aka gina Timbuktu?", "When was Timbuktu built?", "Timbuktu"),
        ("DJENNÉ da Timbuktu", "The town of Djenné, and Timbuktu", "DJENNÉ Timbuktu"),
        ("Ina Mopti take?", "Where is Mopti?", ""),  # no term of the index
        ("Where aka gina gari", "Where was it built", ""),  # a capital because a sentence begins
        ("a new kogi", "What is a new river", ""),  # a word that both languages have
        ("Niger", "", ""),
        ("", "Niger", ""),
    ],
)
def test_names_are_what_a_translator_left_as_it_is(retriever, query, translation, names):
    topics = pd.DataFrame({"qid": ["q"], "query": [query], "query_translated": [translation]})
    assert name_queries(topics, retriever)["query"].tolist() == ([names] if names else [])


def test_a_translator_that_loses_names_is_shown(tiny_data):
    pytest.importorskip("pyterrier_pisa")
    task = Task("afriqa/ha/dev")
    retriever = bm25(task.dataset, engine="pisa")
    forgetful = pt.apply.query(lambda row: "bread") >> retriever
    measures = [ir_measures.R @ 100, ir_measures.nDCG @ 10]
    for system, row in ((retriever, [1, 1.0, 1.0, 1.0, 1.0, 0, 0]), (forgetful, [1, 1.0, 0.0, 1.0, 0.0, 0, 1])):
        table = compare_names({task: (retriever, system)}, measures)
        assert table.columns.tolist()[:4] == ["data set", "queries", "R@100 raw", "R@100 translated"]
        assert table.iloc[0].tolist() == ["afriqa/ha/dev", *row]
    assert "| afriqa/ha/dev |       1 |     1.000 |            0.000 |" in names_table(table)


def test_no_data_set_is_no_table():
    assert compare_names({}, [ir_measures.RR]).empty
