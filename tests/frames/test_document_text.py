"""Rerankers, retriever and BM25 read the same text of a document."""

import pandas as pd
import pytest
import tiny

from pyterrier_optical import BiEncoderReranker, OpticalReranker, OpticalRetriever
from pyterrier_optical.frames.texts import frame_texts
from pyterrier_optical.retrieve.bm25.corpus import Corpus

DOCUMENTS = pd.DataFrame(
    [
        {"docno": "d1", "title": "mountain", "text": "the long river", "body": "bread"},
        {"docno": "d2", "title": None, "text": "a small dog", "body": "water"},
        {"docno": "d3", "title": "the cat", "text": "", "body": "dog"},
    ]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("text"))


@pytest.mark.parametrize("fields", [None, "text", "body", ["body", "title"], ("title", "text")])
def test_a_frame_and_a_corpus_have_the_same_texts(fields):
    named = fields if fields is None or isinstance(fields, str) else tuple(fields)
    texts = [text for _, text in Corpus(DOCUMENTS, fields)]
    assert frame_texts(DOCUMENTS, (named,) if isinstance(named, str) else named).tolist() == texts
    if fields is None:
        assert texts == ["mountain\nthe long river", "a small dog", "the cat"]


@pytest.mark.parametrize("fields", [None, "text", ["body", "title"]])
def test_retriever_and_reranker_give_a_document_the_same_score(folder, fields):
    retriever = OpticalRetriever(DOCUMENTS, folder, fields=fields, device="cpu", precision="float32")
    found = retriever.search("mto mrefu").merge(DOCUMENTS, on="docno")
    scores = OpticalReranker(folder, text_field=fields, device="cpu")(found)["score"]
    assert len(found) >= 2 and scores.tolist() == pytest.approx(found["score"].tolist(), abs=1e-5)


@pytest.mark.parametrize("reranker", [OpticalReranker, BiEncoderReranker])
def test_a_title_is_read_where_there_is_one(folder, reranker):
    options = {"device": "cpu", **({"pooling": "mean"} if reranker is BiEncoderReranker else {})}
    frame = DOCUMENTS.assign(qid="1", query="mountain")
    alone = frame[["qid", "query", "docno", "text"]]
    joined = alone.assign(text=["mountain\nthe long river", "a small dog", "the cat"])
    default, text = reranker(folder, **options), reranker(folder, text_field="text", **options)
    scores = default(frame)["score"].tolist()
    assert scores == pytest.approx(default(joined)["score"].tolist(), abs=1e-6)
    assert text(frame)["score"].tolist() == pytest.approx(default(alone)["score"].tolist(), abs=1e-6)
    assert scores[0] > text(frame)["score"][0]


def test_equal_lists_of_fields_make_equal_rerankers():
    one, other = (OpticalReranker(text_field=fields) for fields in (["title", "body"], ("title", "body")))
    assert one == other and hash(one) == hash(other)
    assert repr(one) == "OpticalReranker(text_field=('title', 'body'))"
