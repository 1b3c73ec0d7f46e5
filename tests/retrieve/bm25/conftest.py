"""The engines, each where it runs."""

import pyterrier as pt
import pytest
from few_documents import shared

from pyterrier_optical.retrieve.bm25 import BM25Retriever, terrier


@pytest.fixture(scope="session")
def java():
    """Terrier, from jar files that PyTerrier has fetched before."""
    if not pt.java.started():
        if not pt.java.mavenresolver.latest_local_version_num("terrier-assemblies"):
            pytest.skip("Terrier's jar files are not on this machine: start PyTerrier's Java once to fetch them")
        pt.java.mavenresolver.offline()
    if reason := terrier.why_not():
        pytest.skip(f"Terrier cannot run here: {reason}")


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
