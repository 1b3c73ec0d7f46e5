"""A copy of an index in Qdrant, in its local mode, ranks as the index does."""

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from index_data import DOCUMENTS, TEXTS, TOPICS

from pyterrier_optical import OpticalError
from pyterrier_optical.index import QdrantRetriever

qdrant_client = pytest.importorskip("qdrant_client")


@pytest.fixture
def client():
    return qdrant_client.QdrantClient(":memory:")


def check_alike(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert found.columns.tolist() == expected.columns.tolist()
    found, expected = (frame.set_index(["qid", "docno"])["score"].sort_index() for frame in (found, expected))
    assert found.index.tolist() == expected.index.tolist()
    np.testing.assert_allclose(found, expected, atol=1e-3)


@pytest.mark.parametrize("options", [{}, {"gloss": 0}, {"normalize": True, "max_query_tokens": 3}])
@pytest.mark.parametrize("building", [{}, {"precision": "int8"}, {"truncation": "passages", "max_document_tokens": 9}])
def test_scores_are_those_of_the_index(make, folder, client, options, building):
    index = make(**building)
    index.to_qdrant(client, "tiny")
    retriever = QdrantRetriever(client, "tiny", folder, device="cpu", **options)
    found, expected = retriever(TOPICS), index.retriever(**options)(TOPICS)
    check_alike(found, expected)
    assert found["rank"].tolist() == expected["rank"].tolist()
    top = (retriever % 2).compile()(TOPICS)
    np.testing.assert_allclose(top["score"], expected[expected["rank"] < 2]["score"], atol=1e-3)


def test_candidates_are_those_of_the_index(make, folder, client):
    index = make([document for document in DOCUMENTS if document["docno"] != "d5"], precision="float32")  # no ties
    index.to_qdrant(client, "tiny")
    options = {"exact_limit": 0, "candidates": 3}
    check_alike(
        QdrantRetriever(client, "tiny", folder, device="cpu", **options)(TOPICS), index.retriever(**options)(TOPICS)
    )


def test_deleted_and_silent_documents_are_not_copied(make, folder, client):
    make().delete(["d1"]).to_qdrant(client, "tiny")
    found = QdrantRetriever(client, "tiny", folder, device="cpu")(TOPICS)
    assert set(found["docno"]) == set(TEXTS) - {"d1", "d6"}
    assert client.count("tiny").count == 5
    assert len(QdrantRetriever(client, "tiny", folder, device="cpu").search("")) == 0


def test_a_collection_is_not_replaced_unasked(make, folder, client):
    make().to_qdrant(client, "tiny")
    few = make(DOCUMENTS[:2], name="few")
    with pytest.raises(OpticalError, match="overwrite=True"):
        few.to_qdrant(client, "tiny")
    few.to_qdrant(client, "tiny", overwrite=True)
    assert client.count("tiny").count == 2


def test_another_model_and_other_collections_are_refused(make, folder, other_folder, client, monkeypatch):
    make().to_qdrant(client, "tiny")
    with pytest.raises(OpticalError, match=f"another model, '{folder}'"):
        QdrantRetriever(client, "tiny", other_folder, device="cpu")(TOPICS)
    monkeypatch.setattr(client, "update_collection", lambda *args, **options: None)
    make(name="broken off").to_qdrant(client, "unfinished")
    for name in ("unfinished", "nowhere"):
        with pytest.raises(OpticalError, match="no whole copy of an index"):
            QdrantRetriever(client, name, folder, device="cpu")(TOPICS)


def test_long_documents_are_refused_by_name(make, client, monkeypatch):
    from pyterrier_optical.index import qdrant

    monkeypatch.setattr(qdrant, "MOST_NUMBERS", 16 * 20)
    with pytest.raises(OpticalError, match=r"The document '7' has 23 tokens in one passage and Qdrant takes 20"):
        make().to_qdrant(client, "tiny")


def test_contract(client):
    retriever = QdrantRetriever(client, "nowhere", "/no/such/model")
    assert retriever == QdrantRetriever(client, "nowhere", "/no/such/model") != QdrantRetriever(client, "tiny")
    out = retriever(pd.DataFrame(columns=["qid", "query"]))
    assert out.columns.tolist() == ["qid", "query", "docno", "score", "rank"]
    with pytest.raises(pt.validate.InputValidationError):
        retriever(pd.DataFrame())
    with pytest.raises(OpticalError, match="candidates=0"):
        QdrantRetriever(client, "tiny", candidates=0)
