"""Transformers that threads share, that other processes are handed, and that a web server runs."""

import json
import multiprocessing
import sys
import threading
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pandas as pd
import pytest
import tiny

from pyterrier_optical import OpticalIndex, OpticalReranker, OpticalRetriever, OpticalTranslator
from pyterrier_optical.checkpoint import folder as checkpoints
from pyterrier_optical.checkpoint import shared as shared_models

pytestmark = pytest.mark.slow

DOCUMENTS = [{"docno": f"d{i}", "text": " ".join(tiny.WORDS[i % 7 :: 1 + i % 5]) * (1 + i % 6)} for i in range(24)]
QUERIES = ["mto mrefu", "katze", "the long river near a small mountain " * 4, "paka", "fluss water", "dog"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("threads"))


@pytest.fixture
def switching():
    """Threads take turns far more often than Python lets them."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def reranker(folder) -> OpticalReranker:
    return OpticalReranker(folder, device="cpu", max_query_tokens=8, max_document_tokens=16, truncation="passages")


def retriever(folder) -> OpticalRetriever:
    return OpticalRetriever(DOCUMENTS, folder, device="cpu", max_query_tokens=8)


def translator(folder) -> OpticalTranslator:
    return OpticalTranslator(["river", "cat", "dog", "water"], folder, method="nearest", threshold=-1, device="cpu")


def index_of(folder) -> OpticalIndex:
    index = OpticalIndex(folder.parent / "index", folder, device="cpu")
    return index if index.built() else index.indexer(max_document_tokens=16, truncation="passages").index(DOCUMENTS)


def index_reranker(folder):
    return index_of(folder).reranker(max_query_tokens=8)


def index_retriever(folder):
    return index_of(folder).retriever(max_query_tokens=8)


def answer(transformer, query: str) -> list:
    """What one query gets, as plain values."""
    frame = pd.DataFrame({"qid": "1", "query": query, **pd.DataFrame(DOCUMENTS)})
    if isinstance(transformer, OpticalTranslator):
        toks = transformer(frame[["qid", "query"]].iloc[:1])["query_toks"][0]
        return [[term, round(weight, 4)] for term, weight in sorted(toks.items())]
    retrieves = "Retriever" in type(transformer).__name__
    out = transformer(frame[["qid", "query"]].iloc[:1] if retrieves else frame)
    return out.sort_values("docno")[["docno", "score"]].round(4).values.tolist()


@pytest.mark.parametrize("make", [reranker, retriever, translator, index_reranker, index_retriever])
def test_threads_share_a_transformer(folder, make, monkeypatch, switching):
    expected = [answer(make(folder), query) for query in QUERIES]
    monkeypatch.setattr(shared_models, "_loaded", {})
    loads, load = [], checkpoints.load_encoder
    monkeypatch.setattr(checkpoints, "load_encoder", lambda *args, **kw: loads.append(args) or load(*args, **kw))
    shared = make(folder)
    with ThreadPoolExecutor(6) as pool:
        for _ in range(8):
            assert list(pool.map(lambda query: answer(shared, query), QUERIES)) == expected
    assert len(loads) == 1


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_process_of_its_own(folder, method):
    transformers = [make(folder) for make in (reranker, retriever, translator, index_reranker, index_retriever)]
    expected = [answer(transformer, "mto mrefu") for transformer in transformers]
    with ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
        assert list(pool.map(answer, transformers, ["mto mrefu"] * 5)) == expected


def test_a_web_server_with_threads(folder):
    shared = reranker(folder)

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(answer(shared, QUERIES[int(environ["PATH_INFO"][1:])])).encode()]

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            pass

    with make_server("127.0.0.1", 0, application, Server, Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ask(number: int) -> list:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/{number}", timeout=60) as reply:
                return json.load(reply)

        with ThreadPoolExecutor(6) as pool:
            replies = list(pool.map(ask, list(range(6)) * 3))
        server.shutdown()
    assert replies == [answer(shared, query) for query in QUERIES] * 3
