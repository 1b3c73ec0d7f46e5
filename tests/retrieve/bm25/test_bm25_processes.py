"""BM25 from threads, from other processes, and where the standard streams, the locale or the disk are not as usual."""

import logging
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pandas as pd
import pyterrier as pt
import pytest
from few_documents import DOCS, SCRIPTS, found, shared

from pyterrier_optical import OpticalError
from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25, pisa

pytestmark = pytest.mark.slow


@pytest.fixture
def path(engine, tmp_path):
    """An index that no retriever of this process has open."""
    bm25(DOCS, engine=engine, index_path=tmp_path / "index")
    return tmp_path / "index"


def python(code: str, *arguments, **options) -> subprocess.CompletedProcess:
    """Runs code in a process of its own, without looking for Terrier in the net."""
    code = f"import sys, pyterrier as pt\npt.java.mavenresolver.offline()\n{code}"
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, **options)


def test_threads_share_a_retriever(engine):
    names = [f"w{i}" for i in range(60)]
    docs = [{"docno": str(i), "text": " ".join(names[i % 7 :: 1 + i % 11])} for i in range(400)]
    retriever = bm25(docs, engine=engine, num_results=20)
    queries = [" ".join(names[i::9]) for i in range(12)]

    def answer(query):
        return retriever.search(query)[["docno", "score"]].values.tolist()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(answer, queries * 10))
    assert answers == [answer(query) for query in queries] * 10


def test_the_streams_of_the_process_stay_its_own(tmp_path, monkeypatch):
    """A thread prints while others build and search."""
    monkeypatch.setenv("TQDM_DISABLE", "1")  # a slow machine would show bars
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from pyterrier_optical.retrieve.bm25 import bm25\n"
        "docs = [{'docno': str(i), 'text': f'tea {i}'} for i in range(50)]\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    work = [pool.submit(lambda k: bm25(docs, engine='pisa', k1=k).search('tea 7'), 1 + k) for k in range(8)]\n"
        "    while not all(one.done() for one in work):\n"
        "        print('.', flush=True)\n"
        "        print('-', file=sys.stderr, flush=True)\n"
        "assert all(one.result()['docno'][0] == '7' for one in work)\n"
        "print('end')\n"
        "print('end', file=sys.stderr)\n"
    )
    run = python(code)
    assert run.returncode == 0, run.stderr
    assert set(run.stdout.split()) == {".", "end"} and run.stdout.endswith("end\n")
    assert run.stderr.endswith("end\n") and set(run.stderr.split()) <= {"-", "end"}


def test_without_standard_streams(engine, tmp_path):
    code = (
        "import os\n"
        "sys.stdout = sys.stderr = None\n"
        "os.closerange(0, 3)\n"
        "from pyterrier_optical.retrieve.bm25 import bm25\n"
        "docs = [{'docno': 'd1', 'text': 'tea'}, {'docno': 'd2', 'text': 'milk'}, {'docno': 'd3', 'text': 'bread'}]\n"
        "index, out, engine = sys.argv[1:]\n"
        "answers = [bm25(docs, engine=engine, index_path=index).search('tea')['docno'].tolist() for _ in range(2)]\n"
        "open(out, 'w').write(str(answers))\n"
    )
    run = python(code, tmp_path / "index", tmp_path / "out", engine)
    assert (tmp_path / "out").exists(), run.stderr
    assert (tmp_path / "out").read_text() == "[['d1'], ['d1']]"


def offline():
    pt.java.mavenresolver.offline()


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_process_of_its_own(path, method):
    retriever = BM25Retriever(path)
    with ProcessPoolExecutor(1, multiprocessing.get_context(method), offline) as pool:
        assert pool.submit(found, retriever, "river").result() == ["ferry"]


def test_a_forked_process_before_the_first_use(engine, path):
    code = (
        "import os\n"
        "from pyterrier_optical.retrieve.bm25 import BM25Retriever\n"
        "retriever = BM25Retriever(sys.argv[1])\n"
        "if os.fork():\n"
        "    _, status = os.wait()\n"
        "    sys.exit(os.waitstatus_to_exitcode(status))\n"
        "print(retriever.search('river')['docno'].tolist(), flush=True)\n"
        "os._exit(0)\n"
    )
    run = python(code, path, timeout=120)
    assert run.stdout.splitlines()[-1:] == ["['ferry']"], run.stderr


def test_a_fork_of_java_is_refused_and_does_not_hang(java, tmp_path):
    bm25(DOCS, engine="terrier", index_path=tmp_path / "index")
    code = (
        "import os\n"
        "from pyterrier_optical.retrieve.bm25 import BM25Retriever\n"
        "retriever = BM25Retriever(sys.argv[1])\n"
        "retriever.search('river')\n"
        "if os.fork():\n"
        "    os.wait()\n"
        "    sys.exit()\n"
        "try:\n"
        "    retriever.search('cotton')\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error, flush=True)\n"
        "os._exit(0)\n"
    )
    run = python(code, tmp_path / "index", timeout=120)
    assert "OpticalError" in run.stdout and "forked after Java had started" in run.stdout, run.stderr


@pytest.mark.parametrize("locale", ["C", "xx_YY.UTF-8"])
def test_pisa_in_any_locale(tmp_path, locale):
    code = (
        "from pyterrier_optical.retrieve.bm25 import bm25\n"
        "docs = [{'docno': 'เรือ', 'text': 'แม่น้ำ ወንዙን'}, {'docno': 'd', 'text': 'tea'}, {'docno': 'e', 'text': 'tea'}]\n"
        "retriever = bm25(docs, engine='pisa', index_path=sys.argv[1])\n"
        "print(ascii([retriever.search(query)['docno'].tolist() for query in ('แม่น้ำ', 'ወንዙን', 'tea')]))"
    )
    run = python(code, tmp_path / "ดัชนี índice", env={**os.environ, "LC_ALL": locale})
    assert run.stdout.splitlines()[-1:] == [ascii([["เรือ"], ["เรือ"], ["d", "e"]])], run.stderr


def test_searches_leave_an_index_open(engine, path, monkeypatch):
    retriever = BM25Retriever(path)
    retriever.search("river")
    opened = retriever._opened.searcher(1.2, 0.75)
    monkeypatch.setattr(pisa, "_open", lambda *args: pytest.fail("PISA's index was opened again"))
    assert found(retriever, "cotton") == ["loom"] and found(BM25Retriever(path, num_results=1), "river") == ["ferry"]
    assert (retriever % 5).compile()._opened.searcher(1.2, 0.75) is opened


def test_a_temporary_folder_that_is_gone(engine, tmp_path):
    code = (
        "import shutil, tempfile\n"
        "from pyterrier_optical import OpticalError\n"
        "from pyterrier_optical.retrieve.bm25 import bm25\n"
        "docs = [{'docno': 'd1', 'text': 'tea'}, {'docno': 'd2', 'text': 'milk'}, {'docno': 'd3', 'text': 'bread'}]\n"
        "opened, unused = (bm25(docs, engine=sys.argv[1]) for _ in range(2))\n"
        "opened.search('tea')\n"
        "shutil.rmtree(tempfile.gettempdir())\n"
        "for search in (opened.search, unused.search, lambda query: bm25(docs, engine=sys.argv[1])):\n"
        "    try:\n"
        "        search('tea')\n"
        "    except OpticalError as error:\n"
        "        print(error)\n"
    )
    (tmp_path / "temporary").mkdir()
    run = python(code, engine, env={**os.environ, "TMPDIR": str(tmp_path / "temporary")})
    assert run.returncode == 0, run.stderr
    first, second, third = run.stdout.splitlines()[-3:]
    assert "was replaced, damaged or removed" in first and "was replaced, damaged or removed" in second
    assert "There is no temporary folder" in third


def test_the_words_of_every_script_are_in_pisas_order():
    """PISA looks terms up by bisection of their bytes."""
    for text, word in SCRIPTS.values():
        assert found(shared("pisa", "scripts"), word), text


def test_engines_that_the_process_lacks_are_named(path, engine, monkeypatch, caplog):
    from pyterrier_optical.retrieve.bm25 import terrier

    for module in (pisa, terrier):
        monkeypatch.setattr(module, "why_not", lambda: "it was taken away")
    with caplog.at_level(logging.INFO), pytest.raises(OpticalError, match="it was taken away"):
        BM25Retriever(path)(pd.DataFrame({"qid": ["1"], "query": ["river"]}))
