"""From a corpus to its token index."""

import logging

import numpy as np
import pytest
import tiny
import torch

from pyterrier_optical import OpticalError
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.retrieve.bm25.corpus import Corpus
from pyterrier_optical.retrieve.dense import build
from pyterrier_optical.retrieve.dense.build import encode_corpus

TEXTS = ["the cat sleeps near a river", "", "paka", "日本", "bread " * 90, "the mountain", "a small dog runs"]
DOCUMENTS = [{"docno": f"d{i}", "text": text} for i, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> TokenEncoder:
    return TokenEncoder(load_encoder(tiny.encoder(tmp_path_factory.mktemp("corpus")), device="cpu"))


def test_vectors_are_those_of_the_encoder(encoder, caplog):
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        index = encode_corpus(Corpus(DOCUMENTS), encoder, precision="float32")
    assert index.docnos.tolist() == ["d0", "d2", "d4", "d5", "d6"]
    expected = encoder.documents([text for text in TEXTS if text not in ("", "日本")])
    torch.testing.assert_close(index.passages.values, expected.values)
    assert index.passages.offsets.tolist() == expected.offsets.tolist()
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert "1 document text cut to 64 tokens" in messages[0]
    assert "2 of 7 documents have no token that the model knows" in messages[1]


@pytest.mark.parametrize("truncation", ["warn", "passages"])
def test_groups_do_not_show(encoder, monkeypatch, truncation):
    options = {"truncation": truncation, "max_tokens": 20, "precision": "float32"}
    whole = encode_corpus(Corpus(DOCUMENTS), encoder, **options)
    monkeypatch.setattr(build, "_READ", 10)
    parts = encode_corpus(Corpus(iter(DOCUMENTS)), encoder, **options)
    assert parts.docnos.tolist() == whole.docnos.tolist()
    assert parts.parts.tolist() == whole.parts.tolist()
    torch.testing.assert_close(parts.passages.values, whole.passages.values, atol=1e-5, rtol=0)
    assert torch.equal(parts.passages.offsets, whole.passages.offsets)


def test_long_documents_become_passages(encoder):
    index = encode_corpus(Corpus(DOCUMENTS), encoder, truncation="passages", max_tokens=20)
    assert index.parts.tolist()[:2] == [1, 1] and index.parts[2] > 3
    assert int(index.passages.lengths.max()) <= 20
    cut = encode_corpus(Corpus(DOCUMENTS), encoder, max_tokens=20)
    assert index.sizes[2] > 90 > cut.sizes[2] == 20


def test_half_precision_by_default(encoder):
    half, full = (encode_corpus(Corpus(DOCUMENTS), encoder, **o) for o in ({}, {"precision": "float32"}))
    assert half.passages.values.dtype == torch.float16
    torch.testing.assert_close(half.passages.values.float(), full.passages.values, atol=1e-3, rtol=0)


def test_a_document_of_skipped_tokens_is_left_out_with_its_passages(tmp_path):
    encoder = TokenEncoder(load_encoder(tiny.encoder(tmp_path, skiplist=["<s>", "</s>", "▁a", "a"]), device="cpu"))
    docs = [{"docno": "x", "text": "a " * 60}, {"docno": "y", "text": "cat"}, {"docno": "z", "text": "a"}]
    index = encode_corpus(Corpus(docs), encoder, truncation="passages", max_tokens=20)
    assert index.docnos.tolist() == ["y"]
    assert index.parts.tolist() == [1]
    assert index.passages.offsets.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("documents", "options", "message"),
    [
        ([], {}, "no documents"),
        ([*DOCUMENTS, DOCUMENTS[2]], {}, "'d2'"),
        (DOCUMENTS, {"truncation": "error"}, "document 'd4' has 92 tokens and 64 fit"),
        ([{"docno": "a", "text": 3}], {}, "not a string"),
    ],
)
def test_unfit_corpora_are_one_sentence(encoder, documents, options, message):
    with pytest.raises(OpticalError, match=message):
        encode_corpus(Corpus(documents), encoder, **options)


def test_only_documents_without_tokens(encoder):
    index = encode_corpus(Corpus([{"docno": "a", "text": ""}]), encoder)
    assert len(index) == 0 and index.passages.dim == 16
    assert index.spans() == [] and np.array_equal(index.docnos, np.array([], object))
