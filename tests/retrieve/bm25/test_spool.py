"""The words of a corpus in a file."""

from collections import Counter

from pyterrier_optical.retrieve.bm25 import spool
from pyterrier_optical.retrieve.bm25.spool import Spool, spooled

TEXTS = {"d1": "tea for tea", "ไทย": "", "d 3": "milk tea", "d4": "milk", "d5": ""}


def test_documents_come_back_in_order_with_their_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(spool, "_AT_ONCE", 2)
    with open(tmp_path / "spool", "wb") as file:
        writer = Spool(file)
        for docno, text in TEXTS.items():
            writer.add(docno, text.split())
        terms = writer.finish()
    batches = list(spooled(tmp_path / "spool"))
    assert [len(batch.docnos) for batch in batches] == [2, 2, 1]
    texts = dict(each for batch in batches for each in batch.texts(list(terms)))
    assert list(texts) == list(TEXTS)
    assert all(Counter(text.split(" ")) == Counter(TEXTS[docno].split(" ")) for docno, text in texts.items())
    assert terms == {"tea": 2, "for": 1, "milk": 2}


def test_documents_without_words(tmp_path):
    with open(tmp_path / "spool", "wb") as file:
        writer = Spool(file)
        writer.add("d1", [])
        assert writer.finish() == {}
    (batch,) = spooled(tmp_path / "spool")
    assert list(batch.texts([])) == [("d1", "")]
