"""A tiny checkpoint of each family, made once."""

from functools import cache

import pytest
import tiny_mt

from pyterrier_optical.mt import checkpoint as loader


@pytest.fixture(scope="session", autouse=True)
def models_stay_loaded():
    """Tests that make a translator each need not load its model again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "load", cache(loader.load))
        yield


@pytest.fixture(scope="session")
def nllb(tmp_path_factory):
    return str(tiny_mt.nllb(tmp_path_factory.mktemp("mt") / "nllb"))


@pytest.fixture(scope="session")
def m2m100(tmp_path_factory):
    pytest.importorskip("sentencepiece", reason="M2M-100 vocabularies need the package sentencepiece")
    return str(tiny_mt.m2m100(tmp_path_factory.mktemp("mt") / "m2m100"))


@pytest.fixture(scope="session")
def marian(tmp_path_factory):
    pytest.importorskip("sentencepiece", reason="OPUS-MT vocabularies need the package sentencepiece")
    folder = tmp_path_factory.mktemp("mt") / "opus-mt-sw-en"
    return str(tiny_mt.marian(folder, source_lang="swa", target_lang="eng"))


@pytest.fixture(scope="session")
def many_targets(tmp_path_factory):
    """An OPUS-MT model from English into two languages."""
    pytest.importorskip("sentencepiece", reason="OPUS-MT vocabularies need the package sentencepiece")
    folder = tmp_path_factory.mktemp("mt") / "opus-mt-en-mul"
    return str(tiny_mt.marian(folder, source_lang="en", target_lang="mul", targets=("swa", "cmn_Hans")))


@pytest.fixture(scope="session", params=["marian", "nllb", "m2m100"])
def checkpoint(request):
    """A folder of each family, with the arguments it needs."""
    folder = request.getfixturevalue(request.param)
    return folder, {} if request.param == "marian" else {"source_lang": "sw"}
