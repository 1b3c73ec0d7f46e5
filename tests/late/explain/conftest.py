"""Tiny models with and without a lexicon's gloss."""

import pytest
import tiny

from pyterrier_optical import OpticalReranker


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("explained"), positions=64)


@pytest.fixture(scope="session")
def reranker(tiny_model):
    return OpticalReranker(tiny_model, device="cpu", gloss=0.5)
