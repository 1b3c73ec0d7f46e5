"""Files in, files out: reranking a run and translating queries without Python."""

import json

import pandas as pd
import pytest
import tiny
from typer.testing import CliRunner

from pyterrier_optical import OpticalIndex, OpticalReranker, cli
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.translate.syntax import lucene, opensearch, terrier

DOCUMENTS = [
    {"docno": "d1", "text": "cat river"},
    {"docno": "d2", "title": "dog", "text": "river"},
    {"docno": "d3", "text": "dog dog"},
]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(tiny.encoder(tmp_path_factory.mktemp("files")))


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "topics.tsv").write_text("q1\tpaka\nq2\tmto paka\n", encoding="utf-8")
    lines = [json.dumps(document) + "\n" for document in DOCUMENTS]
    (tmp_path / "docs.jsonl").write_text("".join(lines), encoding="utf-8")
    run = [("q2", "d3", 9.0), ("q1", "d1", 3.0), ("q1", "d3", 2.0), ("q1", "d2", 1.0), ("q2", "d1", 1.5)]
    lines = [f"{qid} Q0 {docno} 0 {score} bm25\n" for qid, docno, score in run]
    (tmp_path / "run.trec").write_text("".join(lines), encoding="utf-8")
    return tmp_path


def called(*arguments) -> str:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments], catch_exceptions=False).stdout


def rows(path) -> list[tuple[str, str, int, float]]:
    found = [line.split() for line in path.read_text().splitlines()]
    return [(qid, docno, int(rank), float(score)) for qid, _, docno, rank, score, _ in found]


def rerank(model, *more):
    return called(
        *("rerank", "--topics", "topics.tsv", "--run", "run.trec", "--output", "out.trec", "--model", model), *more
    )


class TestRerank:
    def test_the_scores_are_those_of_the_reranker(self, files, model):
        assert "2 queries and 5 documents" in rerank(model, "--docs", "docs.jsonl", "--gloss", "0")
        queries = {"q1": "paka", "q2": "mto paka"}
        text = {document["docno"]: document for document in DOCUMENTS}
        found = rows(files / "out.trec")
        frame = pd.DataFrame([{"qid": qid, "query": queries[qid], **text[docno]} for qid, docno, *_ in found])
        expected = OpticalReranker(model, gloss=0)(frame.fillna("")).sort_values(["qid", "rank"])
        assert [row[:3] for row in found] == list(expected[["qid", "docno", "rank"]].itertuples(index=False, name=None))
        assert [row[3] for row in found] == pytest.approx(expected["score"].tolist(), abs=1e-4)

    def test_a_query_that_is_there_twice_is_one(self, files, model):
        topics = (files / "topics.tsv").read_text(encoding="utf-8")
        (files / "topics.tsv").write_text(2 * topics, encoding="utf-8")
        assert "2 queries and 5 documents" in rerank(model, "--docs", "docs.jsonl", "--gloss", "0")
        assert len(rows(files / "out.trec")) == 5

    def test_only_the_first_documents_of_each_query_by_score(self, files, model):
        rerank(model, "--docs", "docs.jsonl", "--gloss", "0", "--depth", "1")
        assert {row[:2] for row in rows(files / "out.trec")} == {("q1", "d1"), ("q2", "d3")}

    def test_ids_may_be_numbers_and_files_begin_with_a_mark(self, files, model):
        rerank(model, "--docs", "docs.jsonl", "--gloss", "0")
        expected = rows(files / "out.trec")
        documents = "".join(json.dumps({**d, "docno": int(d["docno"][1:])}) + "\n" for d in DOCUMENTS)
        (files / "docs.jsonl").write_text(documents, encoding="utf-8-sig")
        (files / "topics.tsv").write_text((files / "topics.tsv").read_text(encoding="utf-8"), encoding="utf-8-sig")
        (files / "run.trec").write_text((files / "run.trec").read_text().replace(" d", " "))
        rerank(model, "--docs", "docs.jsonl", "--gloss", "0")
        assert [(qid, f"d{docno}", *rest) for qid, docno, *rest in rows(files / "out.trec")] == expected

    def test_documents_without_a_text_and_tags_of_two_words_are_refused(self, files, model):
        with pytest.raises(OpticalError, match="not one word"):
            rerank(model, "--docs", "docs.jsonl", "--tag", "my run")
        lines = [json.dumps({"docno": d["docno"], "body": "river"}) + "\n" for d in DOCUMENTS]
        (files / "docs.jsonl").write_text("".join(lines))
        with pytest.raises(OpticalError, match="without text: name the fields"):
            rerank(model, "--docs", "docs.jsonl")

    def test_an_index_stands_for_the_documents(self, files, model):
        rerank(model, "--docs", "docs.jsonl", "--gloss", "0")
        texts = rows(files / "out.trec")
        OpticalIndex("vectors", model).indexer(precision="float32").index(DOCUMENTS)
        rerank(model, "--index", "vectors", "--gloss", "0")
        assert sorted(rows(files / "out.trec")) == [
            (*row[:3], pytest.approx(row[3], abs=1e-4)) for row in sorted(texts)
        ]

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ([], "Give either --docs"),
            (["--docs", "docs.jsonl", "--index", "vectors"], "Give either --docs"),
            (["--docs", "topics.tsv"], "3 documents of the run are in no file of documents, such as 'd1'"),
            (["--docs", "absent.jsonl"], "There is no file 'absent.jsonl'"),
            (["--docs", "absent/set"], "'absent/set' is neither a data set"),
            (
                ["--docs", "run.trec"],
                "'run.trec' is no file of documents: give files whose names end with .jsonl",
            ),
            (
                ["--docs", "docs.jsonl", "--run", "https://localhost:1/run"],
                "There is no file 'https://localhost:1/run'",
            ),
            (["--docs", "docs.jsonl", "--run", "empty"], r"empty is not a run in TREC's format \(it is empty\): give"),
            (["--docs", "run.trec", "--docs", "docs.jsonl"], "'run.trec' is no file of documents"),
            (["--docs", "docs.jsonl", "--run", "topics.tsv"], "topics.tsv is not a run in TREC's format"),
            (["--docs", "docs.jsonl", "--run", "absent"], "There is no file 'absent': give the path of a run"),
            (["--docs", "docs.jsonl", "--run", "."], "There is no file '.': give the path of a run"),
            (["--docs", "docs.jsonl", "--run", "twice.trec"], "document 'd3' twice for the qid 'q2'"),
            (["--docs", "docs.jsonl", "--topics", "other.tsv"], "The qid 'q1' has the queries 'mto' and 'paka'"),
            (["--docs", "docs.jsonl", "--output", "."], "Cannot write to"),
            (["--docs", "docs.jsonl", "--topics", "one.tsv"], "The run has the qid 'q2', which has no query"),
        ],
    )
    def test_mistakes_are_sentences_and_nothing_is_written(self, files, model, arguments, sentence):
        (files / "one.tsv").write_text("q1\tpaka\n", encoding="utf-8")
        topics, run = (files / "topics.tsv").read_text(encoding="utf-8"), (files / "run.trec").read_text()
        (files / "other.tsv").write_text("q1\tmto\n" + topics, encoding="utf-8")
        (files / "twice.trec").write_text(2 * run)
        (files / "empty").touch()
        with pytest.raises(OpticalError, match=sentence):
            rerank(model, *arguments)
        assert not (files / "out.trec").exists() and not list(files.glob(".*"))


class TestTranslate:
    def test_a_line_for_each_query_in_the_engine_s_syntax(self, files, model):
        (files / "terms.tsv").write_text("cat\t2\nriver\t3\npaka\t1\nshule\t30\n", encoding="utf-8")
        options = ["translate", "--topics", "topics.tsv", "--terms", "terms.tsv", "--model", model, "--lang", "sw"]
        lines = [line.split("\t") for line in called(*options, "--field", "body").splitlines()]
        assert [line[0] for line in lines] == ["q1", "q2"] and lines[0][1].startswith("body:cat^0.6")
        called(*options, "--syntax", "opensearch", "--output", "queries.tsv")
        body = (files / "queries.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")[1]
        assert json.loads(body)["query"]["bool"]["should"][0]["term"]["text"]["value"] == "cat"

    def test_a_handful_of_documents_need_a_larger_share(self, files, model):
        (files / "terms.tsv").write_text("cat\t3\nriver\t2\n", encoding="utf-8")
        options = ["translate", "--topics", "topics.tsv", "--terms", "terms.tsv", "--model", model, "--lang", "sw"]
        with pytest.raises(OpticalError, match="raise max_df"):
            called(*options)
        assert called(*options, "--max-df", "1").startswith("q1\tcat^")

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ([], "Give either --terms"),
            (["--terms", "empty"], r"empty is not a file of terms \(it is empty\)"),
            (["--terms", "absent"], "There is no file 'absent': give the path of a file of terms"),
            (["--terms", "topics.tsv"], "topics.tsv is not a file of terms"),
            (["--terms", "topics.tsv", "--syntax", "sql"], "Unknown syntax 'sql': choose lucene, opensearch, terrier"),
        ],
    )
    def test_mistakes_are_sentences(self, files, arguments, sentence):
        (files / "empty").touch()
        with pytest.raises(OpticalError, match=sentence):
            called("translate", "--topics", "topics.tsv", *arguments)


WEIGHTS = {"b": 0.25, "a:b": 1.0, "NOT": 0.5, "tiny": 1e-6}


def test_each_syntax_has_the_heaviest_term_first_and_no_exponents():
    assert lucene(WEIGHTS, "f") == r'f:a\:b^1 f:"NOT"^0.5 f:b^0.25'
    assert terrier(WEIGHTS) == "NOT^0.5 b^0.25"
    assert terrier({"पानी": 0.5, "ọ̀yọ́": 0.3}) == "पानी^0.5 ọ̀yọ́^0.3", "marks are parts of words"
    clauses = json.loads(opensearch(WEIGHTS, "f"))["query"]["bool"]["should"]
    assert [(list(c["term"]["f"].values())) for c in clauses] == [["a:b", 1.0], ["NOT", 0.5], ["b", 0.25]]
    assert lucene({}) == "" == terrier({})
