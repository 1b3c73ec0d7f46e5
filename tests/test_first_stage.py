"""bm25(): the same on both engines, for any corpus, script and query, and careful with folders."""

import functools
import logging
import math
import pathlib
import pickle
import random
import subprocess
import sys
from collections import Counter

import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt
import pytest

import pyterrier_optical
from pyterrier_optical import OpticalError
from pyterrier_optical.first_stage import BM25Retriever, bm25, build, pisa, store, terrier
from pyterrier_optical.tokenise import words

DOCS = [
    {"docno": "millet", "text": "Millet grows where maize would wither."},
    {"docno": "ferry", "text": "The ferry crosses the river twice a day, and the river is wide."},
    {"docno": "loom", "text": "A loom stands in the yard; she weaves cotton on it."},
    {"docno": "empty", "text": ""},
]
SCRIPTS = {
    "thai": ("เรือข้ามแม่น้ำวันละสองครั้ง", "แม่น้ำ"),
    "khmer": ("ទូកឆ្លងទន្លេពីរដងក្នុងមួយថ្ងៃ", "ទន្លេ"),
    "burmese": ("လှေသည်မြစ်ကိုဖြတ်ကူးသည်", "မြစ်ကို"),
    "amharic": ("ጀልባው ወንዙን ይሻገራል", "ወንዙን"),
    "arabic": ("يعبر القارب النهر مرتين", "النهر"),
    "hindi": ("नाव दिन में दो बार नदी पार करती है", "नदी"),
    "japanese": ("渡し船は一日に二回川を渡る", "渡し船"),
    "yoruba": ("Ọkọ̀ ojú omi ń kọjá odò", "odò"),
}


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


@functools.cache
def shared(engine: str, name: str) -> BM25Retriever:
    """One index for the tests that only read it: Terrier takes a while to make one."""
    scripts = [{"docno": name, "text": text} for name, (text, _) in SCRIPTS.items()]
    return bm25(DOCS if name == "documents" else scripts, engine=engine)


def queries(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{i}" for i in range(len(texts))], "query": texts})


def ours(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "pyterrier_optical"]


def found(retriever, query: str) -> list[str]:
    return retriever.search(query)["docno"].tolist()


class TestContract(pt.testing.transformer_test_class(lambda: bm25(DOCS, engine="pisa"))):
    """PyTerrier's own checks."""


def test_searches_by_words(retriever, engine):
    assert found(retriever, "Where is the RIVER?")[0] == "ferry"
    assert found(retriever, "cotton") == ["loom"]
    assert (retriever.engine, retriever.num_docs) == (engine, 4)
    assert retriever.terms()["the"] == 2 and retriever.terms()["millet"] == 1
    assert list(retriever.terms().values()) == sorted(retriever.terms().values(), reverse=True)


@pytest.mark.parametrize("script", SCRIPTS)
def test_documents_in_every_script_are_found(engine, script):
    assert found(shared(engine, "scripts"), SCRIPTS[script][1])[0] == script


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "?!",
        "nowhere",
        '"river',
        "river:wide [ferry] (twice) {day}",
        "river^2 +ferry -wide /x/ #combine(river) #1(a b)",
        "🚣 river 🏞️",
        "river\x00\n\tferry",
        "river \udbff".encode("utf-8", "replace").decode(),
        " ".join(f"word{i}" for i in range(5000)) + " river",
        "applypipeline:off river",
        "x" * 10000,
    ],
)
def test_any_text_is_a_query(retriever, query):
    results = retriever(queries(query, "cotton"))
    assert results[results.qid == "q1"]["docno"].tolist() == ["loom"]
    assert ("ferry" in results[results.qid == "q0"]["docno"].tolist()) == ("river" in words(query))


def test_missing_query_has_no_results(retriever):
    frame = pd.DataFrame({"qid": ["a", "b"], "query": [None, "cotton"]})
    assert retriever(frame)["qid"].tolist() == ["b"]


def test_columns_survive_and_ranks_start_at_the_first(retriever):
    frame = (
        queries("river ferry", "maize", "zzz").assign(query_0="odò", score=9.0, rank=7).set_index(pd.Index([5, 5, 6]))
    )
    results = retriever(frame)
    assert results.columns.tolist() == ["qid", "query", "query_0", "docno", "score", "rank"]
    assert results[["qid", "docno", "rank"]].values.tolist() == [["q0", "ferry", 0], ["q1", "millet", 0]]
    assert results.index.tolist() == [0, 1] and results["score"].dtype == np.float64


@pytest.mark.parametrize("column", ["query", "query_toks"])
def test_frame_without_rows(retriever, column):
    results = retriever(pd.DataFrame(columns=["qid", column]))
    assert results.columns.tolist() == ["qid", column, "docno", "score", "rank"] and results.empty


def test_frame_without_a_query_is_refused():
    with pytest.raises(pt.validate.InputValidationError):
        bm25(DOCS, engine="pisa")(pd.DataFrame({"qid": ["q"], "text": ["river"]}))


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


def reference_scores(corpus: list[dict], toks: dict[str, float], k1: float, b: float) -> dict[str, float]:
    """BM25 by its formula, terms in half of the documents or more left out."""
    counts = {doc["docno"]: Counter(doc["text"].split()) for doc in corpus}
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


def test_scores_are_bm25_linear_in_the_weights(engine, corpus, weighted):
    results = bm25(corpus, engine=engine, k1=0.9, b=0.4)(weighted)
    for qid, toks in weighted.itertuples(index=False):
        expected = reference_scores(corpus, toks, 0.9, 0.4)
        rows = results[results.qid == qid].set_index("docno")["score"]
        assert set(expected) <= set(rows.index)
        for docno, score in rows.items():
            assert score == pytest.approx(expected.get(docno, 0), abs=0.02)


def test_both_engines_rank_alike_within_ties(java, corpus, weighted):
    pytest.importorskip("pyterrier_pisa")
    left, right = (bm25(corpus, engine=engine)(weighted) for engine in ("terrier", "pisa"))
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


def test_query_toks_go_before_query_and_are_index_terms(retriever):
    frame = queries("cotton", "cotton").assign(query_toks=[{"maize": 0.2, "nowhere": 5, "river": -1, "loom": 0}, {}])
    assert retriever(frame)[["qid", "docno"]].values.tolist() == [["q0", "millet"]]


@pytest.mark.parametrize("toks", [None, "river", {"river": float("nan")}, {"river": float("inf")}])
def test_query_toks_of_another_kind_are_refused(toks):
    frame = pd.DataFrame({"qid": ["q7"], "query_toks": [toks]})
    with pytest.raises(OpticalError, match="query_toks of query 'q7'"):
        bm25(DOCS, engine="pisa")(frame)


def test_docno_of_any_length_and_script(engine):
    docnos = ["x" * 300 + "1", "x" * 300 + "2", "เอกสาร" * 40, "https://example.org/a b?c=d#e|f", "7"]
    docs = [{"docno": docno, "text": f"alike number{i}"} for i, docno in enumerate(docnos)]
    assert sorted(found(bm25(docs, engine=engine), "alike")) == sorted(docnos)


def test_more_than_a_thousand_results(engine):
    docs = [{"docno": str(i), "text": "porridge" if i % 3 else "tea"} for i in range(3600)]
    assert len(found(bm25(docs, engine=engine, num_results=1500), "tea")) == 1200


def test_rank_cutoff_is_handed_to_the_engine(engine, corpus):
    retriever = bm25(corpus, engine=engine)
    compiled = (retriever % 5).compile()
    assert isinstance(compiled, BM25Retriever) and compiled.num_results == 5
    assert compiled.search("w9")["docno"].tolist() == found(retriever, "w9")[:5]
    assert retriever.fuse_rank_cutoff(10_000) is retriever


@pytest.mark.parametrize("plan", ["linear", "tree"])
def test_in_experiments_with_both_planners(retriever, plan):
    qrels = pd.DataFrame({"qid": ["q0", "q1"], "docno": ["ferry", "loom"], "label": 1})
    pipelines = [retriever % 2, retriever % 2 >> pt.apply.query(lambda row: row["query"])]
    topics = queries("wide river", "weaves")
    table = pt.Experiment(pipelines, topics, qrels, [ir_measures.RR], plan=plan, validate="error")
    assert table["RR"].tolist() == [1.0, 1.0]


def test_identity():
    retriever = bm25(DOCS, engine="pisa")
    again = BM25Retriever(retriever.index_path)
    assert retriever == again and hash(retriever) == hash(again)
    assert retriever != BM25Retriever(retriever.index_path, b=0.5) and retriever != "BM25"
    assert repr(retriever).startswith(f"BM25Retriever('{retriever.index_path}', num_results=1000")
    assert pt.schematic.transformer_schematic(retriever)["label"] == "BM25"
    assert pt.inspect.transformer_inputs(retriever) == [["qid", "query"], ["qid", "query_toks"]]


def test_a_pickled_retriever_opens_the_index_again(retriever):
    retriever.search("river")
    copy = pickle.loads(pickle.dumps(retriever))  # noqa: S301
    assert copy == retriever and found(copy, "river") == ["ferry"]


def test_the_package_hands_it_out():
    assert pyterrier_optical.bm25 is bm25


def test_pisa_is_silent(capfd):
    bm25(DOCS, engine="pisa").search("river")
    assert capfd.readouterr() == ("", "")


def test_pisa_prepares_other_parameters_beside_the_first(tmp_path):
    first = bm25(DOCS, engine="pisa", index_path=tmp_path / "index")
    second = BM25Retriever(tmp_path / "index", k1=2.0, b=0.1)
    scores = [retriever.search("river day")["score"][0] for retriever in (first, second, first)]
    assert scores[0] == scores[2] != scores[1]
    assert not list((tmp_path / "index").glob(".bounds*"))


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
        monkeypatch.setattr(pt.java, "init", start)
        monkeypatch.setattr(terrier, "_failure", None)
        monkeypatch.setenv("JAVA_HOME", "/nowhere")
        expected = "Java or Terrier did not start (RuntimeError: no route to the jar)"
        assert [terrier.why_not(), terrier.why_not()] == [expected, expected]
        assert starts == [1]


class FewAlive(dict):
    """A document that knows how many of its kind are alive, and how many have been at once."""

    alive = most = 0

    def __init__(self, *args):
        super().__init__(*args)
        FewAlive.alive += 1
        FewAlive.most = max(FewAlive.most, FewAlive.alive)

    def __del__(self):
        FewAlive.alive -= 1


class TestCorpora:
    def test_a_generator_streams(self):
        docs = (FewAlive({"docno": str(i), "text": f"cup{i} of tea"}) for i in range(500))
        retriever = bm25(docs, engine="pisa")
        assert retriever.num_docs == 500 and found(retriever, "cup77") == ["77"]
        assert FewAlive.most < 5

    def test_a_data_frame_with_missing_texts(self):
        frame = pd.DataFrame(
            {"docno": [1, 2, 3], "text": ["green tea", None, float("nan")], "year": [1990, 1991, 1992]}
        )
        retriever = bm25(frame, engine="pisa")
        assert retriever.num_docs == 3 and found(retriever, "tea") == ["1"]

    def test_a_function(self, tmp_path):
        retriever = bm25(lambda: iter(DOCS), engine="pisa")
        assert found(retriever, "cotton") == ["loom"]

    def test_a_pyterrier_dataset_and_its_name(self):
        by_name = bm25("optical:sample/sw", engine="pisa")
        dataset = pt.get_dataset("optical:sample/sw")
        assert by_name.info == bm25(dataset, engine="pisa").info
        assert by_name.info.lang == "en" and by_name.num_docs == len(list(dataset.get_corpus_iter()))

    def test_an_ir_datasets_dataset(self):
        class Doc:
            doc_id = "d1"

            def default_text(self):
                return "roasted coffee"

        class Dataset:
            def docs_iter(self):
                return iter([Doc()])

            def docs_count(self):
                return 1

        assert found(bm25(Dataset(), engine="pisa"), "coffee") == ["d1"]

    def test_titles_are_part_of_the_text(self):
        docs = [{"docno": "d1", "title": "Baobab", "text": "A tree."}, {"docno": "d2", "title": None, "text": "Grass."}]
        assert found(bm25(docs, engine="pisa"), "baobab tree") == ["d1"]
        assert found(bm25(docs, engine="pisa", fields="text"), "baobab") == []
        assert found(bm25(docs, engine="pisa", fields=["title"]), "baobab tree") == ["d1"]

    def test_documents_without_any_word(self, engine):
        retriever = bm25([{"docno": "d1", "text": "..."}, {"docno": "d2", "text": ""}], engine=engine)
        assert retriever.terms() == {} and found(retriever, "tea") == []

    @pytest.mark.parametrize(
        ("docs", "message"),
        [
            ([], "no documents"),
            (iter([]), "no documents"),
            (["tea"], "must be a dict with a docno, not str"),
            ([{"docno": "d1", "body": "tea"}], "fields ['body', 'docno'], without text"),
            ([{"text": "tea"}], "without docno"),
            ([{"docno": "", "text": "tea"}], "is empty or has control characters"),
            ([{"docno": None, "text": "tea"}], "The docno None is empty"),
            ([{"docno": "d\n1", "text": "tea"}], "is empty or has control characters"),
            ([{"docno": "d1", "text": 7}], "The text 7 is a int"),
            ([*DOCS, {"docno": "loom", "text": "tea"}], "More than one document has the docno 'loom'"),
            (7, "Cannot read documents from int"),
            ({"docno": "d1", "text": "tea"}, "Cannot read documents from dict"),
        ],
    )
    def test_unfit_ones_are_refused(self, docs, message, tmp_path):
        with pytest.raises(OpticalError) as error:
            bm25(docs, engine="pisa", index_path=tmp_path / "index")
        assert message in str(error.value)
        assert list(tmp_path.iterdir()) == []


class TestFolders:
    @pytest.fixture
    def builds(self, monkeypatch) -> list:
        """One entry for each time PISA builds an index."""
        counted = []
        original = pisa.build
        monkeypatch.setattr(pisa, "build", lambda *args: (counted.append(1), original(*args)))
        return counted

    @pytest.mark.parametrize("source", [list, iter, lambda docs: lambda: iter(docs), pd.DataFrame])
    def test_a_matching_index_is_used_again(self, tmp_path, builds, source):
        for _ in range(3):
            retriever = bm25(source(DOCS), index_path=tmp_path / "deep" / "index", engine="pisa")
        assert len(builds) == 1 and found(retriever, "river") == ["ferry"]
        assert [path.name for path in (tmp_path / "deep").iterdir()] == ["index"]

    @pytest.mark.parametrize(
        ("docs", "options", "difference"),
        [
            (DOCS[:3], {}, "corpus, num_docs"),
            (DOCS[::-1], {}, "corpus"),
            ([{**doc, "text": doc["text"] + "!"} for doc in DOCS], {}, "corpus"),
            (DOCS, {"fields": ["text"]}, "fields"),
            (DOCS, {"lang": "tr"}, "lang"),
        ],
    )
    def test_another_corpus_or_setting_is_indexed_anew_and_said(
        self, tmp_path, builds, caplog, docs, options, difference
    ):
        path = tmp_path / "index"
        old = bm25(DOCS, index_path=path, engine="pisa")
        old.search("river")
        for source in (docs, iter(docs)):
            new = bm25(source, index_path=path, engine="pisa", **options)
        assert len(builds) == 2 and new.info != old.info and new != old
        assert ours(caplog) == [f"Rebuilding the index at '{path}': it differs in {difference}."]
        assert [entry.name for entry in tmp_path.iterdir()] == ["index"]

    def test_another_tokeniser_makes_an_index_out_of_date(self, tmp_path, builds, monkeypatch):
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        monkeypatch.setattr(build, "TOKENISER_VERSION", 99)
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        assert len(builds) == 2

    @pytest.mark.parametrize("content", ["", "{", '{"format_version": 999}', '{"format_version": 1}'])
    def test_a_damaged_or_newer_index_is_refused_or_indexed_anew(self, tmp_path, builds, caplog, content):
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        (tmp_path / "index" / store.INFO_FILE).write_text(content)
        with pytest.raises(OpticalError, match="is no index that this version can read"):
            BM25Retriever(tmp_path / "index")
        assert found(bm25(DOCS, index_path=tmp_path / "index", engine="pisa"), "cotton") == ["loom"]
        assert len(builds) == 2 and "damaged or of another version" in caplog.text

    def test_another_folder_is_never_touched(self, tmp_path):
        (tmp_path / "thesis").mkdir()
        (tmp_path / "thesis" / "chapter1.txt").write_text("years of work")
        (tmp_path / "file").write_text("x")
        (tmp_path / "link").symlink_to(tmp_path / "nowhere")
        for name in ("thesis", "file", "link"):
            with pytest.raises(OpticalError, match="exists and is not an index of this package"):
                bm25(DOCS, index_path=tmp_path / name, engine="pisa")
        assert (tmp_path / "thesis" / "chapter1.txt").read_text() == "years of work"
        assert len(list(tmp_path.iterdir())) == 3

    def test_an_empty_folder_is_used(self, tmp_path):
        assert found(bm25(DOCS, index_path=tmp_path, engine="pisa"), "cotton") == ["loom"]

    @pytest.mark.parametrize("moment", ["reading", "engine"])
    def test_an_interruption_leaves_the_old_index(self, tmp_path, monkeypatch, moment):
        path = tmp_path / "index"
        bm25(DOCS, index_path=path, engine="pisa")

        def docs():
            yield {"docno": "new", "text": "saffron"}
            if moment == "reading":
                raise KeyboardInterrupt

        def engine(folder, documents, _):
            (folder / "half").write_text(str(next(iter(documents))))
            raise KeyboardInterrupt

        monkeypatch.setattr(pisa, "build", engine)
        with pytest.raises(KeyboardInterrupt):
            bm25(docs(), index_path=path, engine="pisa")
        assert found(BM25Retriever(path), "cotton") == ["loom"]
        assert [entry.name for entry in tmp_path.iterdir()] == ["index"]

    def test_an_interrupted_first_index_leaves_nothing(self, engine, tmp_path):
        def interrupted():
            yield DOCS[0]
            raise OSError("the disk went away")

        with pytest.raises(OSError, match="the disk went away"):
            bm25(interrupted(), index_path=tmp_path / "index", engine=engine)
        assert list(tmp_path.iterdir()) == []

    def test_temporary_indexes_do_not_outlive_python(self, tmp_path):
        code = (
            "from pyterrier_optical.first_stage import bm25\n"
            "print(bm25([{'docno': 'd', 'text': 'tea'}], engine='pisa').index_path)"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        path = pathlib.Path(run.stdout.strip())
        assert path.name == "index" and not path.parent.exists()
        assert "ResourceWarning" not in run.stderr

    def test_options_out_of_range(self, tmp_path):
        with pytest.raises(OpticalError, match="num_results=0"):
            bm25(DOCS, engine="pisa", num_results=0)
        with pytest.raises(OpticalError, match="is no index"):
            BM25Retriever(tmp_path)


def test_a_relative_index_path_is_one_from_here(engine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert found(bm25(DOCS, index_path="here/index", engine=engine), "loom") == ["loom"]
    assert (tmp_path / "here" / "index").is_dir()
    assert found(BM25Retriever("here/index"), "loom") == ["loom"]
