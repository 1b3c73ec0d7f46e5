"""The engines, each where it runs."""

import pytest
from few_documents import shared

from pyterrier_optical.retrieve.bm25 import BM25Retriever


@pytest.fixture(params=["terrier", "pisa"])
def engine(request) -> str:
    if request.param == "terrier":
        request.getfixturevalue("java")
    else:
        pytest.importorskip("pyterrier_pisa", reason="PISA is not installed")
    return request.param


@pytest.fixture
def retriever(engine) -> BM25Retriever:
    return shared(engine, "documents")
