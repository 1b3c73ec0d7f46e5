import numpy as np
import pandas as pd
import pyterrier as pt
import pytest

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets import OpticalTextLoader, load


@pytest.fixture
def loader(tiny_data):
    return OpticalTextLoader(load("mtop/hi/test"))


def test_joins_by_docno_and_keeps_the_rest(loader):
    frame = pd.DataFrame(
        {
            "qid": "q",
            "docno": ["test-6", "dev-3", "test-6"],
            "score": [3.0, 2.0, 1.0],
            "text": "stale",
            "more": [1, 2, 3],
        },
        index=[7, 5, 9],
    )
    loaded = loader(frame)
    assert loaded["text"].tolist() == ["paint mine", "owl , up !", "paint mine"]
    assert list(loaded) == ["qid", "docno", "score", "text", "more"]
    assert loaded.drop(columns="text").equals(frame.drop(columns="text"))
    assert frame["text"].tolist() == ["stale"] * 3


def test_several_fields(tiny_data):
    dataset = load("afriqa/ha/dev")
    docnos = dataset.collection.documents["docno"].tolist()
    loaded = OpticalTextLoader(dataset)(pd.DataFrame({"docno": docnos}))
    assert list(loaded) == ["docno", "text", "title"]
    assert loaded.equals(dataset.collection.documents)
    only = OpticalTextLoader(dataset, "title")(pd.DataFrame({"docno": docnos}))
    assert list(only) == ["docno", "title"]
    assert list(OpticalTextLoader(dataset, ["title", "text"])(pd.DataFrame({"docno": []}))) == [
        "docno",
        "title",
        "text",
    ]


@pytest.mark.parametrize("docno", ["dev-99", np.nan])
def test_unknown_document(loader, docno):
    with pytest.raises(OpticalError, match="has no document"):
        loader(pd.DataFrame({"docno": ["dev-1", docno]}))


def test_unknown_field(tiny_data):
    with pytest.raises(OpticalError, match=r"no field 'url'.*it has text"):
        OpticalTextLoader(load("mtop/hi/test"), ["text", "url"])


def test_frame_without_docno(loader):
    with pytest.raises(pt.validate.InputValidationError):
        loader(pd.DataFrame({"qid": ["1"]}))


def test_no_rows_read_no_data(empty_data):
    loader = OpticalTextLoader(load("mtop/hi/test"))
    assert list(loader(pd.DataFrame({"docno": [], "score": []}))) == ["docno", "score", "text"]
    assert pt.inspect.transformer_outputs(loader, ["qid", "docno"]) == ["qid", "docno", "text"]


def test_rank_cutoff_comes_first(loader):
    frame = pd.DataFrame({"qid": "q", "docno": ["dev-1", "dev-2"], "score": [2.0, 1.0], "rank": [0, 1]})
    fused = (loader % 1).compile()
    assert isinstance(fused[0], pt.RankCutoff)
    assert fused(frame)["text"].tolist() == ["otters up at dusk"]


def test_equal_when_they_load_the_same(tiny_data):
    one, two = (OpticalTextLoader(load("mtop/hi/test")) for _ in range(2))
    assert one == two
    assert hash(one) == hash(two)
    assert one != OpticalTextLoader(load("mtop/hi/dev"))
    assert "mtop/hi/test" in repr(one)


class TestContract(pt.testing.transformer_test_class(lambda: OpticalTextLoader(load("mtop/hi/test")))):
    pass
