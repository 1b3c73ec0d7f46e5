"""What tokenizers make of texts, as a user asks for it."""

import gzip
import json
import sys

import pytest
import tiny
from typer.testing import CliRunner

from pyterrier_optical import cli


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return str(tiny.encoder(tmp_path_factory.mktemp("diagnosed")))


@pytest.fixture
def table(monkeypatch):
    """The rows of the table that the command prints, as lists of cells."""
    monkeypatch.setattr("pyterrier_optical.experiment.systems.find_spec", lambda name: None)

    def rows(*arguments):
        result = CliRunner().invoke(cli.app, ["diagnose", *map(str, arguments)], catch_exceptions=False)
        lines = [line for line in result.stdout.splitlines() if line.startswith("|")]
        return [[cell.strip() for cell in line.strip("|").split("|")] for line in [lines[0], *lines[2:]]]

    return rows


def test_files_of_queries_and_of_documents(table, model, tmp_path):
    (tmp_path / "topics.tsv").write_text("q1\tpaka mto\nq2\tnya ж\n", encoding="utf-8")
    documents = [{"docno": "d1", "title": "dog", "text": "cat"}, {"id": "d2", "text": "cat " * 200, "title": None}]
    lines = "".join(json.dumps(document) + "\n" for document in documents)
    (tmp_path / "documents.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    head, queries, texts = table(tmp_path / "topics.tsv", tmp_path / "documents.jsonl.gz", "--model", model)
    assert head[3:] == ["tokens a word", "letters a token", "unknown, %", "texts cut, %", "tokens cut, %"]
    # 8 tokens for 4 words and 11 letters, one of them unknown.
    assert queries == [str(tmp_path / "topics.tsv"), "2 queries", model, "2.00", "1.38", "12.5†", "0.0", "0.0"]
    assert texts[1:3] == ["2 documents", model] and texts[6] == "50.0†" and float(texts[7]) > 50


def test_a_data_set_is_read_in_both_parts_for_each_tokenizer(table, model, tmp_path):
    bert = f"mbert={tiny.bert(tmp_path)}"
    rows = table("sample/th", "optical:sample/sw", "--model", model, "--with", bert, "--documents", 5)[1:]
    parts = [(name, part) for name in ("sample/th", "optical:sample/sw") for part in ("24 queries", "5 documents")]
    expected = [[*part, system] for part in parts for system in ("MBERTReranker", model)]
    assert [row[:3] for row in rows] == expected
    assert rows[0][3] == "-" and rows[0][5] == "100.0†"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("topics.tsv", "q1 paka\n", "topics.tsv is not a file of queries (no tab in 'q1 paka'): give"),
        ("documents.jsonl", '{"docno": "d1", "body": "cat"}\n', "The frame has no column 'text'"),
        (
            "documents.jsonl",
            "[]\n",
            "is no document (no JSON object): give",
        ),
        ("documents.json", "{}", "documents.json' is neither a .tsv file of queries nor a .jsonl file of documents"),
        ("absent.tsv", None, "There is no file '"),
        ("absent/data/set", None, "No data set '"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_status_2(monkeypatch, capsys, tmp_path, name, text, sentence):
    monkeypatch.chdir(tmp_path)
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["pyterrier-optical", "diagnose", name])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr().err.splitlines()
    assert end.value.code == 2 and sentence in said[-1] and "Traceback" not in "".join(said)
