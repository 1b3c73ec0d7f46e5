"""`pyterrier-optical index`: documents to an index, which grows and shrinks."""

import gzip
import json
import sys
from pathlib import Path

import pytest
import tiny

from pyterrier_optical import OpticalIndex, cli

DOCUMENTS = [("d1", "the long river"), ("d2", "a small dog"), ("d3", "water near bread")]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tiny.encoder(tmp_path_factory.mktemp("model"))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs the command in a folder of its own; gives the exit status and what was said."""
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["pyterrier-optical", "index", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return end.value.code or 0, said.out + said.err

    return run_command


@pytest.fixture
def tsv(tmp_path):
    file = tmp_path / "documents.tsv"
    file.write_text("".join(f"{docno}\t{text}\n" for docno, text in DOCUMENTS))
    return file


def test_from_files_through_all_commands(run, tsv, folder, tmp_path):
    more = tmp_path / "more.jsonl.gz"
    with gzip.open(more, "wt") as file:
        file.write(json.dumps({"_id": "m1", "title": "the cat", "text": "sleeps", "url": 3}) + "\n\n")
    options = ["--model", folder, "--device", "cpu", "--precision", "int8", "--pool-factor", 2]
    status, said = run("build", "index", tsv.name, *options)
    assert (status, "has 3 documents" in said) == (0, True)
    assert "has 4 documents" in run("append", "index", more, "--device", "cpu")[1]
    (tmp_path / "docnos").write_text("d3\n")
    assert "has 2 documents" in run("delete", "index", "d1", "--file", "docnos")[1]
    assert "has 2 documents" in run("compact", "index")[1]
    assert run("verify", "index") == (0, "All files of 'index' are whole.\n")
    said = run("info", "index")[1]
    assert "in int8" in said and str(folder) in said and "pool factor     2\n" in said
    index = OpticalIndex("index", device="cpu")
    assert [docno in index for docno in ("d1", "d2", "d3", "m1")] == [False, True, False, True]


def test_from_a_data_set(run, folder):
    Path("optical:sample/sw").mkdir(parents=True)  # a folder of that name is nothing to read
    status, said = run("build", "index", "optical:sample/sw", "--model", folder, "--fields", "text")
    assert status == 0 and OpticalIndex("index").meta.settings.fields == ("text",), said


def test_an_index_is_replaced_when_asked(run, tsv, folder):
    assert run("build", "index", tsv, "--model", folder)[0] == 0
    status, said = run("build", "index", tsv, "--model", folder)
    assert status == 2 and "--overwrite" in said
    assert run("build", "index", tsv, "--model", folder, "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.jsonl", None, "There is no file 'none.jsonl'"),
        ("list.jsonl", '{"docno": "d", "text": "a"}\n[1]\n', "Line 2 of 'list.jsonl'"),
        ("nameless.jsonl", '{"text": "a"}\n', "no docno"),
        ("cut.jsonl.gz", gzip.compress(b'{"docno": "d", "text": "a"}\n' * 99)[:30], "'cut.jsonl.gz' or the next one"),
        ("latin.tsv", "d\tcaf\xe9\n".encode("latin-1"), "in UTF-8"),
        ("spaces.tsv", "d1 text\n", "no tab"),
        ("documents.csv", "docno,text\n", "is no file of documents: give files whose names end with .jsonl"),
        ("optical:nowhere", None, "'optical:nowhere' is neither a data set"),
    ],
)
def test_what_is_no_document_is_one_sentence(run, folder, tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    status, said = run("build", "index", name, "--model", folder)
    assert (status, message in said, "Traceback" in said) == (2, True, False), said
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["delete", "index"], "No docno was given"),
        (["delete", "index", "--file", "nowhere"], "Cannot read 'nowhere'"),
        (["info", "index"], "'index' holds no finished index"),
    ],
)
def test_a_mistake_is_one_sentence(run, arguments, message):
    status, said = run(*arguments)
    assert (status, message in said) == (2, True), said
