"""Terrier and PISA: the same scores, what each is fed, and which of them is used."""

import logging
import math
import os
import random
import subprocess
import sys
from collections import Counter

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from few_documents import DOCS, found, ours

from pyterrier_optical import OpticalError
from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25, pisa, terrier


@pytest.fixture(scope="module")
def corpus() -> list[dict]:
    """A thousand documents whose words follow Zipf's law, so that some are in nearly all of them."""
    chance = random.Random(7)
    vocabulary = [f"w{i}" for i in range(2000)]
    weights = [1 / (i + 1) for i in range(2000)]
    return [
        {"docno": f"d{i}", "text": " ".join(chance.choices(vocabulary, weights, k=chance.randint(3, 60)))}
        for i in range(1000)
    ]


@pytest.fixture(scope="module")
def weighted(corpus) -> pd.DataFrame:
    chance = random.Random(8)
    toks = [{f"w{chance.randrange(400)}": chance.choice([1.0, 2.0, 0.5, 0.037]) for _ in range(6)} for _ in range(20)]
    return pd.DataFrame({"qid": [f"q{i}" for i in range(20)], "query_toks": toks})


def reference_scores(counts: dict[str, Counter], toks: dict[str, float], k1: float, b: float) -> dict[str, float]:
    """BM25 by its formula, terms in half of the documents or more left out."""
    frequencies = Counter(term for count in counts.values() for term in count)
    mean = sum(map(Counter.total, counts.values())) / len(counts)
    scores = {}
    for docno, count in counts.items():
        norm = k1 * (1 - b + b * count.total() / mean)
        for term, weight in toks.items():
            idf = math.log2((len(counts) - frequencies[term] + 0.5) / (frequencies[term] + 0.5))
            if count[term] and idf > 0:
                part = weight * idf * (k1 + 1) * count[term] / (norm + count[term])
                scores[docno] = scores.get(docno, 0) + part
    return scores


@pytest.mark.slow
@pytest.mark.parametrize(("options", "k1", "b"), [({"k1": 0.9, "b": 0.4}, 0.9, 0.4), ({}, 1.2, 0.75)])
def test_scores_are_bm25_linear_in_the_weights(engine, corpus, weighted, options, k1, b):
    results = bm25(corpus, engine=engine, **options)(weighted)
    counts = {doc["docno"]: Counter(doc["text"].split()) for doc in corpus}
    for qid, toks in weighted.itertuples(index=False):
        expected = reference_scores(counts, toks, k1, b)
        rows = results[results.qid == qid].set_index("docno")["score"]
        assert set(expected) <= set(rows.index)
        for docno, score in rows.items():
            assert score == pytest.approx(expected.get(docno, 0), abs=0.02)


@pytest.mark.parametrize("case", ["weighted terms", "english questions"])
def test_both_engines_rank_alike_within_ties(java, corpus, weighted, case):
    pytest.importorskip("pyterrier_pisa")
    documents, topics = corpus, weighted
    if case == "english questions":
        documents = pt.get_dataset("optical:sample/en")
        topics = documents.get_topics()
    left, right = (bm25(documents, engine=engine)(topics) for engine in ("terrier", "pisa"))
    merged = left.merge(right, on=["qid", "docno"], suffixes=("_l", "_r"), how="outer")
    assert not merged.isna().any().any()
    assert np.allclose(merged["score_l"], merged["score_r"], atol=0.01)
    for _, group in merged.groupby("qid"):
        ordered = group.sort_values("rank_l")["score_r"].to_numpy()
        assert (np.diff(ordered) < 0.02).all()


def test_a_word_of_nearly_all_documents_finds_them_but_decides_nothing(engine):
    docs = [{"docno": str(i), "text": "tea " * (i % 7 + 1) + "with milk" * (i == 3)} for i in range(30)]
    retriever = bm25(docs, engine=engine)
    assert len(found(retriever, "tea")) == 30
    assert found(retriever, "tea milk")[0] == "3"
    assert (retriever.search("tea")["score"] > 0).all()


def test_docno_of_any_length_and_script(engine):
    docnos = ["x" * 300 + "1", "x" * 300 + "2", "x" * 20000, "เอกสาร" * 40, "🚣" * 75, "𞤀é  b" * 60, "7"]
    docnos.append("https://example.org/a b?c=d#e|f")
    docs = [{"docno": docno, "text": f"alike number{i}"} for i, docno in enumerate(docnos)]
    assert sorted(found(bm25(docs, engine=engine), "alike")) == sorted(docnos)


def test_pisa_repeats_counts_as_they_are_and_other_weights_finely():
    for weights, scale in (({"a": 1.0, "b": 2.0}, 1), ({"a": 0.5, "b": 1.5}, 2), ({"a": 1.0, "b": 0.3}, 10_000)):
        assert pisa._scale(weights) == scale


def test_pisa_is_silent(capfd):
    bm25(DOCS, engine="pisa").search("river")
    assert capfd.readouterr() == ("", "")


def test_pisa_prepares_other_parameters_beside_the_first(tmp_path):
    first = bm25(DOCS, engine="pisa", index_path=tmp_path / "index")
    second = BM25Retriever(tmp_path / "index", k1=2.0, b=0.1)
    scores = [retriever.search("river day")["score"][0] for retriever in (first, second, first)]
    assert scores[0] == scores[2] != scores[1]
    assert not list((tmp_path / "index").glob(".*"))


def test_rank_cutoff_is_handed_to_the_engine(engine, corpus):
    retriever = bm25(corpus, engine=engine)
    compiled = (retriever % 5).compile()
    assert isinstance(compiled, BM25Retriever) and compiled.num_results == 5
    assert compiled.search("w9")["docno"].tolist() == found(retriever, "w9")[:5]
    assert retriever.fuse_rank_cutoff(10_000) is retriever


class TestEngineChoice:
    def test_pisa_where_terrier_cannot_run(self, monkeypatch, caplog):
        monkeypatch.setattr(terrier, "why_not", lambda: "no Java was found")
        with caplog.at_level(logging.INFO, "pyterrier_optical"):
            assert bm25(DOCS).engine == "pisa"
        assert ours(caplog) == ["BM25 by pisa, as no Java was found."]

    def test_terrier_where_it_runs(self, java, caplog):
        with caplog.at_level(logging.INFO, "pyterrier_optical"):
            assert bm25(DOCS).engine == "terrier"
        assert ours(caplog) == ["BM25 by terrier."]

    def test_the_one_an_index_was_built_with(self, tmp_path, monkeypatch):
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        monkeypatch.setattr(terrier, "why_not", lambda: pytest.fail("Java was started without need"))
        assert bm25(DOCS, index_path=tmp_path / "index").engine == "pisa"

    def test_none(self, monkeypatch):
        monkeypatch.setattr(terrier, "why_not", lambda: "no Java was found")
        monkeypatch.setattr(pisa, "why_not", lambda: "it is not installed")
        with pytest.raises(OpticalError, match="no Java was found and it is not installed: install a JDK"):
            bm25(DOCS)

    def test_asked_for_and_not_to_be_had(self, monkeypatch):
        monkeypatch.setattr(terrier, "why_not", lambda: "no Java was found")
        with pytest.raises(OpticalError, match="'terrier' cannot be used, as no Java was found"):
            bm25(DOCS, engine="terrier")

    def test_unknown(self):
        with pytest.raises(OpticalError, match="Unknown engine 'lucene'"):
            bm25(DOCS, engine="lucene")

    def test_no_java_on_the_path(self, monkeypatch):
        monkeypatch.setattr(pt.java, "started", lambda: False)
        monkeypatch.setattr(terrier, "_failure", None)
        monkeypatch.setattr(terrier.shutil, "which", lambda _: None)
        monkeypatch.delenv("JAVA_HOME", raising=False)
        assert terrier.why_not() == "no Java was found"

    def test_java_that_does_not_start(self, monkeypatch):
        starts = []

        def start():
            starts.append(1)
            raise RuntimeError("no route to the jar\nsecond line")

        monkeypatch.setattr(pt.java, "started", lambda: False)
        monkeypatch.setattr(pt.java, "add_option", lambda option: None)
        monkeypatch.setattr(pt.java, "init", start)
        monkeypatch.setattr(terrier, "_failure", None)
        monkeypatch.setenv("JAVA_HOME", "/nowhere")
        expected = "Java or Terrier did not start (RuntimeError: no route to the jar)"
        assert [terrier.why_not(), terrier.why_not()] == [expected, expected]
        assert starts == [1]

    def test_java_that_cannot_write_every_letter(self, java, monkeypatch):
        class Charset:
            def defaultCharset(self):
                return self

            def name(self):
                return "US-ASCII"

        monkeypatch.setattr(pt.java, "autoclass", lambda name: Charset())
        assert terrier.why_not().startswith("Java was started for texts in US-ASCII")


@pytest.mark.parametrize("letters", ["ሀሁ", "𞤢𞤣", "กิ", "字"])
def test_the_longest_words_of_scripts_with_many_bytes(engine, letters):
    docs = [{"docno": "long", "text": letters * 100}, {"docno": "longer", "text": letters * 101}]
    docs += [{"docno": str(i), "text": "other"} for i in range(5)]
    assert set(found(bm25(docs, engine=engine), letters * 100)) == {"long", "longer"}


def test_terrier_in_a_locale_without_unicode(java, tmp_path):
    code = (
        "import sys, pyterrier as pt\n"
        "pt.java.mavenresolver.offline()\n"
        "from pyterrier_optical.retrieve.bm25 import bm25\n"
        "docs = [{'docno': 'เรือ', 'text': 'แม่น้ำ ወንዙን'}, {'docno': 'd', 'text': 'tea'}, {'docno': 'e', 'text': 'tea'}]\n"
        "retriever = bm25(docs, engine='terrier', index_path=sys.argv[1])\n"
        "print(ascii([retriever.search(query)['docno'].tolist() for query in ('แม่น้ำ', 'ወንዙን', 'tea')]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "ดัชนี índice")],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert run.stdout.splitlines()[-1:] == [ascii([["เรือ"], ["เรือ"], ["d", "e"]])], run.stderr


def test_pisa_prepares_a_read_only_index_elsewhere(tmp_path, monkeypatch):
    path = tmp_path / "index"
    bm25(DOCS, engine="pisa", index_path=path)
    before = sorted(path.rglob("*"))
    monkeypatch.setattr(os, "access", lambda folder, mode: folder != path)
    assert found(BM25Retriever(path, k1=2), "cotton") == ["loom"]
    assert sorted(path.rglob("*")) == before
