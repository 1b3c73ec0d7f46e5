"""An index on disk: built, interrupted, gone on with, grown, cut down; refused where it is damaged or another's."""

import errno
import json
import logging
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
import tiny
from index_data import DOCUMENTS, TEXTS, TOPICS
from lz4.frame import LZ4FrameFile

import pyterrier_optical
from pyterrier_optical import OpticalError, OpticalIndex, OpticalRetriever
from pyterrier_optical.base import files as base_files
from pyterrier_optical.checkpoint.folder import load_encoder
from pyterrier_optical.late.index import blocks, changes, encoding, parts
from pyterrier_optical.late.index.journal import JOURNAL_FILE
from pyterrier_optical.late.index.meta import META_FILE, read_meta

ROOT = Path(pyterrier_optical.__file__).parents[1]
MORE = [{"docno": f"m{i}", "text": text} for i, text in enumerate(["katze", "long water", "a dog near the mountain"])]


@pytest.fixture
def small_shards(monkeypatch):
    """One document a group, and a shard for each two or three documents."""
    monkeypatch.setattr(encoding, "GROUP_CHARACTERS", 1)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 20)
    monkeypatch.setattr(changes, "SHARD_TOKENS", 10)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def ranking(index: OpticalIndex) -> list[tuple]:
    out = index.retriever()(TOPICS)
    return list(zip(out["qid"], out["docno"], out["score"].round(4), strict=True))


class Stop(Exception):
    pass


def stopping(documents, after: int):
    for number, document in enumerate(documents):
        if number == after:
            raise Stop
        yield document


@pytest.mark.slow
def test_shards_do_not_show(make, small_shards):
    index = make()
    assert len(index.meta.shards) > 2 and len(index) == len(TEXTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_BYTES", 10**6)
        whole = make(name="whole")
    assert len(whole.meta.shards) == 1
    assert ranking(whole) == ranking(index)
    assert "d1" in index and "d9" not in index


@pytest.mark.parametrize("after", range(len(DOCUMENTS)))
def test_an_interrupted_build_goes_on_and_ends_with_the_same_bytes(
    make, folder, tmp_path, small_shards, after, monkeypatch
):
    expected = files(make(name="whole").path)
    index = OpticalIndex(tmp_path / "index", folder, device="cpu")
    with pytest.raises(Stop):
        index.indexer().index(lambda: stopping(DOCUMENTS, after))
    assert not index.built()
    assert not list(index.path.glob(".*partial")) if index.path.exists() else after < 2
    encoded = []
    shard = encoding.DocumentEncoder.shard
    counting = lambda self, group: encoded.extend(group) or shard(self, group)  # noqa: E731
    monkeypatch.setattr(encoding.DocumentEncoder, "shard", counting)
    index.indexer().index(DOCUMENTS)
    assert files(index.path) == expected
    assert len(encoded) <= len(DOCUMENTS) - after + 2, "finished shards are not encoded again"


@pytest.mark.slow
def test_kill_9_loses_no_finished_shard(folder, tmp_path, make, small_shards):
    """Children are killed, each after one shard more; the last run ends with the bytes of an uninterrupted one."""
    expected = files(make(name="whole").path)
    code = """
import json, os, signal, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
from pyterrier_optical import OpticalIndex
from pyterrier_optical.late.index import blocks, encoding
encoding.GROUP_CHARACTERS, blocks.BLOCK_BYTES = 1, 20
index = OpticalIndex(sys.argv[1], sys.argv[2], device="cpu")
journal = Path(sys.argv[1]) / "unfinished.jsonl"
given = index.load_given_encoders()
index.load_given_encoders = lambda: given

def documents():
    for document in json.loads(sys.argv[3]):
        time.sleep(0.05)
        yield document

for shards in range(1, 4):
    child = os.fork()
    if not child:
        index.indexer().index(documents)
        os._exit(0)
    while not journal.exists() or len(journal.read_text().splitlines()) <= shards:
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL and not index.built()
index.indexer().index(documents)
"""
    arguments = [str(tmp_path / "index"), str(folder), json.dumps(DOCUMENTS)]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, cwd=ROOT, timeout=300)
    assert files(tmp_path / "index") == expected


def test_another_corpus_goes_on_where_it_differs(make, folder, tmp_path, small_shards, caplog):
    changed = [*DOCUMENTS[:3], {"docno": "new", "text": "a cat"}, *DOCUMENTS[4:]]
    expected = files(make(changed, name="whole").path)
    index = OpticalIndex(tmp_path / "index", folder, device="cpu")
    with pytest.raises(Stop):
        index.indexer().index(stopping(DOCUMENTS, 6))
    with caplog.at_level(logging.WARNING, logger="pyterrier_optical"):
        index.indexer().index(iter(changed))
    assert any("not those of the interrupted run" in record.getMessage() for record in caplog.records)
    assert files(index.path) == expected


@pytest.mark.slow
@pytest.mark.parametrize("change", ["model", "precision"])
def test_other_options_or_another_model_begin_again(make, folder, tmp_path, other_folder, small_shards, change):
    model = shutil.copytree(folder, tmp_path / "model")
    index = OpticalIndex(tmp_path / "index", model, device="cpu")
    with pytest.raises(Stop):
        index.indexer().index(stopping(DOCUMENTS, 6))
    options = {}
    if change == "model":  # of the same name
        shutil.rmtree(model)
        shutil.copytree(other_folder, model)
    else:
        options = {"precision": "int8"}
    index = OpticalIndex(tmp_path / "index", model, device="cpu").indexer(**options).index(DOCUMENTS)
    expected = OpticalRetriever(DOCUMENTS, model, device="cpu", **options)(TOPICS)
    pd.testing.assert_frame_equal(index.retriever()(TOPICS), expected)


@pytest.mark.slow
def test_append_is_as_if_indexed_at_once(make, small_shards):
    grown, whole = make(), make([*DOCUMENTS, *MORE], name="whole")
    assert grown.append(iter(MORE[:1])) is grown
    with pytest.raises(Stop):
        grown.append(stopping(MORE[1:], 1))
    assert ranking(grown) == ranking(make([*DOCUMENTS, *MORE[:1]], name="some")), "until it ends the index is as it was"
    grown.append(MORE[1:]).append([])
    assert ranking(grown) == ranking(whole) and len(grown) == 10
    assert grown.tokens.docnos[np.arange(10)].tolist() == whole.tokens.docnos[np.arange(10)].tolist()
    assert not (grown.path / JOURNAL_FILE).exists()


def test_a_link_to_a_folder_is_as_good_as_the_folder(make, tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "index").symlink_to(tmp_path / "disk")
    index = make()
    assert len(index.append(MORE)) == 10 and (tmp_path / "index").is_symlink()


def test_a_file_system_without_locks_takes_an_index(make, monkeypatch):
    def flock(descriptor, operation):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(base_files.fcntl, "flock", flock)
    assert len(make().append(MORE)) == 10


def test_docnos_that_are_there_already_are_refused(make):
    index = make()
    before = files(index.path)
    for documents, name in (([DOCUMENTS[3]], "แมว"), ([*MORE, MORE[0]], "m0")):
        with pytest.raises(OpticalError, match=f"docno '{name}'"):
            index.append(documents)
    assert files(index.path) == before, "nothing half written is left"
    with pytest.raises(OpticalError, match="More than one document has the docno 'd1'"):
        make([*DOCUMENTS, DOCUMENTS[0]], name="twice")


@pytest.mark.slow
def test_delete_append_again_and_compact(make, pairs, small_shards):
    index = make().append(MORE)
    assert index.delete(["d1", "m1"]).delete("d3") is index and len(index) == 7
    kept = [document for document in [*DOCUMENTS, *MORE] if document["docno"] not in ("d1", "m1", "d3")]
    expected = ranking(make(kept, name="kept"))
    assert ranking(index) == expected == ranking(OpticalIndex(index.path))
    with pytest.raises(OpticalError, match="'d1' is not in the index"):
        index.reranker()(pairs)
    with pytest.raises(OpticalError, match="'d1' is not in the index: no document was deleted"):
        index.delete(["d5", "d1"])
    assert "d5" in index and "d1" not in index and 7 in index
    vectors = index.meta.tokens
    assert ranking(index.compact()) == expected
    assert index.meta.tokens < vectors and len(index) == 7 and index.meta.deleted is None
    index.append([{"docno": "d1", "text": "katze"}]).delete(["d1"])
    index.append([{"docno": "d1", "text": "katze"}])
    assert index.retriever()(TOPICS.iloc[1:2])["docno"].iloc[:2].tolist() == ["m0", "d1"]
    assert index.delete([]).delete(index.tokens.docnos[np.arange(0)].tolist()) is index


def test_every_document_deleted(make):
    index = make().delete(TEXTS)
    assert len(index) == len(index.retriever()(TOPICS)) == 0
    index.compact()
    assert len(index) == len(index.retriever()(TOPICS)) == len(index.meta.shards) == 0
    index.append(MORE)
    assert len(index.retriever()(TOPICS)) == 9
    assert len(index.delete([document["docno"] for document in MORE]).compact()) == 0


def test_int8_is_compacted_as_it_is(make, small_shards):
    index = make(precision="int8")
    before = ranking(index)
    assert len(index.compact().meta.shards) < 5
    assert ranking(index) == before


@pytest.mark.slow
def test_another_checkpoint_is_refused(make, other_folder, folder, tmp_path, pairs):
    index = make()
    other = OpticalIndex(index.path, other_folder, device="cpu")
    for use in (lambda: other.reranker()(pairs), lambda: other.retriever()(TOPICS), lambda: other.append(MORE)):
        with pytest.raises(OpticalError, match=rf"made with another model than model '{other_folder}'"):
            use()
    wider = tiny.encoder(tmp_path / "wider", dim=32)
    with pytest.raises(OpticalError, match="another model"):
        OpticalIndex(index.path, wider, device="cpu").retriever()(TOPICS)
    loaded = OpticalIndex(index.path, load_encoder(folder, device="cpu"))
    assert ranking(loaded) == ranking(index) == ranking(OpticalIndex(index.path, device="cpu"))
    assert ranking(OpticalIndex(index.path, dtype="int8", device="cpu")), "the same model in another precision"


def test_a_loaded_model_has_to_be_given_again(make, folder):
    index = make(model=load_encoder(folder, device="cpu"))
    with pytest.raises(OpticalError, match="made with a loaded model"):
        OpticalIndex(index.path).retriever()(TOPICS)
    assert ranking(OpticalIndex(index.path, folder, device="cpu")) == ranking(index)


def test_two_models(make, folder, other_folder, tmp_path):
    index = OpticalIndex(tmp_path / "two", folder, document_model=other_folder, device="cpu")
    index.indexer(precision="float32").index(DOCUMENTS)
    options = {"document_model": other_folder, "precision": "float32"}
    expected = OpticalRetriever(DOCUMENTS, folder, device="cpu", **options)(TOPICS)
    pd.testing.assert_frame_equal(OpticalIndex(tmp_path / "two", device="cpu").retriever()(TOPICS), expected)
    with pytest.raises(OpticalError, match="document vectors differ"):
        OpticalIndex(tmp_path / "two", document_model=folder, device="cpu").retriever()(TOPICS)


def test_an_index_is_not_replaced_unasked(make, other_folder, folder, monkeypatch):
    index = make()
    with pytest.raises(OpticalError, match=r"overwrite=True .* or index.append"):
        make(MORE)
    reader = OpticalIndex(index.path)
    before = ranking(reader)
    with pytest.raises(Stop):
        make(stopping(MORE, 2), overwrite=True)
    assert ranking(OpticalIndex(index.path)) == before, "the old index is there until the new one is finished"
    new = make(MORE, overwrite=True, model=other_folder)
    assert ranking(reader) == before, "what is open stays open"
    assert {docno for _, docno, _ in ranking(new)} == {"m0", "m1", "m2"}
    assert len({path.name[:4] for path in new.path.iterdir() if path.is_dir()}) == 1, "nothing of the old one is left"


def test_an_index_made_anew_takes_the_new_model(make, other_folder, folder):
    old = make(model=folder)
    index = OpticalIndex(old.path, device="cpu")
    assert ranking(index) == ranking(old)
    make(MORE, model=other_folder, overwrite=True)
    expected = OpticalRetriever(MORE, other_folder, device="cpu")(TOPICS)
    pd.testing.assert_frame_equal(index.reload().retriever()(TOPICS), expected)


def test_other_folders_are_not_touched(tmp_path, folder):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OpticalError, match="holds something else"):
        OpticalIndex(tmp_path, folder, device="cpu").indexer().index(DOCUMENTS)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_no_documents_leave_nothing(tmp_path, folder):
    with pytest.raises(OpticalError, match="no documents"):
        OpticalIndex(tmp_path / "a" / "index", folder, device="cpu").indexer().index([])
    assert not (tmp_path / "a" / "index").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["vectors.npy", "lengths.npy", "text.npy", "order.npy", "query.npy", META_FILE, "manifest.json"]
)
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_damage_is_refused(make, name, damage):
    index = make()
    path = next(index.path.rglob(name))
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(OpticalError) as caught:
        OpticalIndex(index.path).retriever()(TOPICS)
    assert str(index.path) in str(caught.value)


def test_a_flipped_bit_in_the_vectors_is_found_by_verify(make):
    index = make()
    index.verify()
    path = next(index.path.rglob("vectors.npy"))
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.raises(OpticalError, match=r"vectors\.npy' is damaged"):
        OpticalIndex(index.path).verify()


def test_a_newer_format_and_another_artifact_are_refused(make):
    index = make()
    record = json.loads((index.path / META_FILE).read_text())
    changes_of = {"upgrade": {"format_version": 99}, "another kind": {"type": "sparse_index"}, "damaged": {"shards": 3}}
    for message, change in changes_of.items():
        (index.path / META_FILE).write_text(json.dumps({**record, **change}))
        with pytest.raises(OpticalError, match=message):
            OpticalIndex(index.path).retriever()(TOPICS)


def test_an_unfinished_index_says_so(folder, tmp_path, small_shards):
    index = OpticalIndex(tmp_path / "index", folder, device="cpu")
    with pytest.raises(Stop):
        index.indexer().index(stopping(DOCUMENTS, 6))
    for use in (
        lambda: index.retriever()(TOPICS),
        lambda: index.append(MORE),
        lambda: index.delete(["d1"]),
        lambda: len(index),
    ):
        with pytest.raises(OpticalError, match="no finished index"):
            use()


@pytest.mark.slow
def test_a_second_process_is_refused(make):
    index = make()
    code = (
        "import fcntl, os, sys, time\n"
        "fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)\n"
        "print('locked', flush=True)\n"
        "time.sleep(60)\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(index.path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout.readline() == "locked\n"
        for change in (
            lambda: index.delete(["d1"]),
            lambda: index.append(MORE),
            index.compact,
            lambda: make(MORE, overwrite=True),
        ):
            with pytest.raises(OpticalError, match="Another process is changing the index"):
                change()
        assert ranking(index), "reading goes on"
    finally:
        other.kill()
        other.wait()
    assert len(index.delete(["d1"])) == len(TEXTS) - 1


def test_a_full_disk_is_one_sentence_and_the_next_run_goes_on(make, folder, tmp_path, small_shards, monkeypatch):
    expected = files(make(name="whole").path)
    index = OpticalIndex(tmp_path / "index", folder, device="cpu")
    write, calls = blocks.write_shard, []

    def full(*arguments):
        calls.append(1)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(arguments[0]))
        write(*arguments)

    monkeypatch.setattr(blocks, "write_shard", full)
    with pytest.raises(OpticalError, match=r"No space left on device.*make room"):
        index.indexer().index(DOCUMENTS)
    index.indexer().index(DOCUMENTS)
    assert files(index.path) == expected


@pytest.mark.parametrize("docnos", [None, 5])
def test_what_names_no_documents_is_refused(make, docnos):
    with pytest.raises(OpticalError, match=f"docnos={docnos} are no names of documents"):
        make().delete(docnos)


def test_a_build_that_was_killed_before_its_journal_was_there_is_begun_again(make, tmp_path):
    left = tmp_path / "index" / ".unfinished.jsonl.0123abcd.partial"
    left.mkdir(parents=True)
    (left / "unfinished.jsonl").write_text('{"ind')
    assert ranking(make()) and not left.exists()


def test_a_place_that_cannot_be_written_is_one_sentence(folder):
    with pytest.raises(OpticalError, match="Cannot write to '/dev/null"):
        OpticalIndex("/dev/null/index", folder, device="cpu").indexer().index(DOCUMENTS)


def test_only_parts_are_swept(make):
    index = make()
    (index.path / "notes").mkdir()
    (index.path / "notes" / "mine.txt").write_text("mine")
    (index.path / ".0007-00003.partial").mkdir()
    index.append(MORE).compact()
    assert (index.path / "notes" / "mine.txt").exists() and not (index.path / ".0007-00003.partial").exists()
    assert parts.part_name(7, 3) == "0007-00003"


def test_a_reader_sees_a_change_when_it_reloads(make):
    index, reader = make(), make(MORE, name="other")
    reader = OpticalIndex(index.path, device="cpu")
    before = ranking(reader)
    index.delete(["d1"]).compact()
    assert ranking(reader) == before
    assert ranking(reader.reload()) == ranking(index) != before
    assert read_meta(index.path) == reader.meta


def test_a_change_of_another_process_is_not_lost(make):
    one = make()
    two = OpticalIndex(one.path, device="cpu")
    assert len(two) == 7
    one.append(MORE)
    two.delete(["m1"])
    assert len(one.reload()) == 9


def test_artifact(make, tmp_path, monkeypatch):
    index = make()
    entry = next(line for line in (ROOT / "setup.py").read_text().splitlines() if '"pyterrier.artifact"' in line)
    name, _, value = entry.split('["')[1].split('"]')[0].partition(" = ")

    class EntryPoint:
        def load(self):
            module, _, attribute = value.partition(":")
            return getattr(__import__(module, fromlist=[attribute]), attribute)

    EntryPoint.name = name
    monkeypatch.setattr(pt.utils, "entry_points", lambda group: [EntryPoint()] if group == "pyterrier.artifact" else [])
    loaded = pt.Artifact.load(str(index.path), device="cpu")
    assert type(loaded) is OpticalIndex and ranking(loaded) == ranking(index)
    package = index.build_package(str(tmp_path / "index.tar.lz4"))
    with LZ4FrameFile(package) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        tar.extractall(tmp_path / "fetched", filter="data")
    assert ranking(OpticalIndex.load(str(tmp_path / "fetched"), device="cpu")) == ranking(index)


@pytest.mark.slow
def test_importing_and_building_transformers_needs_no_torch():
    code = (
        "import sys\n"
        "from pyterrier_optical import OpticalIndex\n"
        "index = OpticalIndex('nowhere')\n"
        "repr([index, index.reranker(), index.retriever(), index.indexer()]); hash(index.reranker())\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
