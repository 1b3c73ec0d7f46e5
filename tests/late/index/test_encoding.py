"""From a corpus to its token index."""

import logging

import pytest
import tiny
import torch

from pyterrier_optical import OpticalError
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.encoder import TokenEncoder
from pyterrier_optical.late.index import encoding
from pyterrier_optical.late.index.in_memory import encode_corpus as encode
from pyterrier_optical.late.index.settings import EncodingSettings
from pyterrier_optical.late.index.token_index import TokenIndex
from pyterrier_optical.retrieve.bm25.corpus import Corpus

TEXTS = ["the cat sleeps near a river", "", "paka", "日本", "bread " * 90, "the mountain", "a small dog runs"]
DOCUMENTS = [{"docno": f"d{i}", "text": text} for i, text in enumerate(TEXTS)]


def encode_corpus(corpus: Corpus, encoder: TokenEncoder, **settings) -> TokenIndex:
    return encode(corpus, encoder, EncodingSettings(**settings))


def values(index: TokenIndex):
    return index.select(range(len(index))).passages.values


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> TokenEncoder:
    return TokenEncoder(load_encoder(tiny.encoder(tmp_path_factory.mktemp("corpus")), device="cpu"))


def test_vectors_are_those_of_the_encoder(encoder, caplog):
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        index = encode_corpus(Corpus(DOCUMENTS), encoder, precision="float32")
    assert index.docnos.tolist() == [f"d{i}" for i in range(7)]
    assert index.searchable.tolist() == [True, False, True, False, True, True, True]
    expected = encoder.documents(TEXTS)
    torch.testing.assert_close(values(index), expected.values)
    assert index.lengths.tolist() == expected.lengths.tolist()
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == 2
    assert "1 document text cut to 64 tokens" in messages[0]
    assert "2 of 7 documents have no token that the model knows" in messages[1]


@pytest.mark.parametrize("truncation", ["warn", "passages"])
def test_groups_do_not_show(encoder, monkeypatch, truncation):
    options = {"truncation": truncation, "max_tokens": 20, "precision": "float32"}
    whole = encode_corpus(Corpus(DOCUMENTS), encoder, **options)
    monkeypatch.setattr(encoding, "GROUP_CHARACTERS", 10)
    parts = encode_corpus(Corpus(iter(DOCUMENTS)), encoder, **options)
    assert parts.docnos.tolist() == whole.docnos.tolist()
    assert parts.parts.tolist() == whole.parts.tolist()
    assert len(parts.shards) > len(whole.shards) == 1
    torch.testing.assert_close(values(parts), values(whole), atol=1e-5, rtol=0)
    assert torch.equal(parts.lengths, whole.lengths)


def test_long_documents_become_passages(encoder):
    index = encode_corpus(Corpus(DOCUMENTS), encoder, truncation="passages", max_tokens=20)
    assert index.parts.tolist()[:4] == [1, 1, 1, 1] and index.parts[4] > 3
    assert int(index.lengths.max()) <= 20
    cut = encode_corpus(Corpus(DOCUMENTS), encoder, max_tokens=20)
    assert index.sizes[4] > 90 > cut.sizes[4] == 20


def test_half_precision_by_default(encoder):
    half, full = (encode_corpus(Corpus(DOCUMENTS), encoder, **o) for o in ({}, {"precision": "float32"}))
    assert half.shards[0].vectors.values.dtype == torch.float16
    torch.testing.assert_close(values(half), values(full), atol=1e-3, rtol=0)


def test_a_document_of_skipped_tokens_is_not_found_with_its_passages(tmp_path):
    encoder = TokenEncoder(load_encoder(tiny.encoder(tmp_path, skiplist=["<s>", "</s>", "▁a", "a"]), device="cpu"))
    docs = [{"docno": "x", "text": "a " * 60}, {"docno": "y", "text": "cat"}, {"docno": "z", "text": "a"}]
    index = encode_corpus(Corpus(docs), encoder, truncation="passages", max_tokens=20)
    assert index.searchable.tolist() == [False, True, False]
    assert index.sizes.tolist() == [0, 1, 0]


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
    assert index.dim == 16 and not index.searchable.any()
