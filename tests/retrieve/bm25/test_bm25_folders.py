"""Index folders: reused, replaced and refused with care."""

import errno
import json
import os
import pathlib
import signal
import subprocess
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from few_documents import DOCS, found, ours

from pyterrier_optical import OpticalError
from pyterrier_optical.base.files import lock_folder
from pyterrier_optical.retrieve.bm25 import BM25Retriever, bm25, build, pisa, store


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
    def test_another_corpus_or_setting_is_refused_or_indexed_anew_and_said(
        self, tmp_path, builds, caplog, docs, options, difference
    ):
        path = tmp_path / "index"
        old = bm25(DOCS, index_path=path, engine="pisa")
        old.search("river")
        for source in (docs, iter(docs)):
            with pytest.raises(OpticalError, match=f"differs in {difference} from what was asked for.*overwrite=True"):
                bm25(source, index_path=path, engine="pisa", **options)
        assert len(builds) == 1 and found(old, "river") == ["ferry"] and not ours(caplog)
        for source in (docs, iter(docs)):
            new = bm25(source, index_path=path, engine="pisa", overwrite=True, **options)
        assert len(builds) == 2 and new.info != old.info and new != old
        assert ours(caplog) == [f"Rebuilding the index at '{path}': it differs in {difference}."]
        assert [entry.name for entry in tmp_path.iterdir()] == ["index"]

    def test_another_tokeniser_makes_an_index_out_of_date(self, tmp_path, builds, monkeypatch):
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        monkeypatch.setattr(build, "TOKENISER_VERSION", 99)
        monkeypatch.setattr("pyterrier_optical.retrieve.bm25.retriever.TOKENISER_VERSION", 99)
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        assert len(builds) == 2

    def test_an_index_of_another_tokeniser_is_not_opened(self, tmp_path, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(build, "TOKENISER_VERSION", 1)
            patched.setattr("pyterrier_optical.retrieve.bm25.retriever.TOKENISER_VERSION", 1)
            bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        with pytest.raises(OpticalError, match="as another release"):
            BM25Retriever(tmp_path / "index")

    @pytest.mark.parametrize("content", ["", "{", '{"format_version": 999}', '{"format_version": 1}'])
    def test_a_damaged_or_newer_index_is_refused_or_indexed_anew(self, tmp_path, builds, caplog, content):
        bm25(DOCS, index_path=tmp_path / "index", engine="pisa")
        (tmp_path / "index" / store.INFO_FILE).write_text(content)
        with pytest.raises(OpticalError, match="is no index that this version can read"):
            BM25Retriever(tmp_path / "index")
        assert found(bm25(DOCS, index_path=tmp_path / "index", engine="pisa"), "cotton") == ["loom"]
        assert len(builds) == 2 and "damaged or of another version" in caplog.text

    def test_an_index_of_an_earlier_format_is_refused_or_indexed_anew(self, tmp_path, builds, caplog):
        path = tmp_path / "index"
        bm25(DOCS, index_path=path, engine="pisa")
        record = json.loads((path / store.INFO_FILE).read_text())
        (path / store.INFO_FILE).write_text(json.dumps({**record, "format_version": 3}))
        with pytest.raises(OpticalError, match="is no index that this version can read"):
            BM25Retriever(path)
        retriever = bm25(DOCS, index_path=path, engine="pisa")
        assert len(builds) == 2 and "damaged or of another version" in caplog.text
        assert found(retriever, "cotton") == ["loom"] and not list(path.glob("*.npy"))

    @pytest.mark.slow
    @pytest.mark.parametrize("damage", ["missing", "cut short"])
    def test_an_index_without_all_its_files_is_refused_and_indexed_anew(self, engine, tmp_path, caplog, damage):
        path = tmp_path / "index"
        files = sorted(bm25(DOCS, index_path=path, engine=engine).info.files)
        assert store.TERMS_FILE in files and len(files) > 5
        for name in [store.TERMS_FILE, files[-1]]:
            opened = BM25Retriever(path)
            if damage == "missing":
                (path / name).unlink()
            else:
                os.truncate(path / name, 1)
            with pytest.raises(OpticalError, match="is no index that this version can read, or a damaged one"):
                BM25Retriever(path)
            with pytest.raises(OpticalError, match="was replaced, damaged or removed"):
                opened.search("cotton")
            assert found(bm25(DOCS, index_path=path, engine=engine), "cotton") == ["loom"]
        assert caplog.text.count("it is damaged or of another version") == 2

    @pytest.mark.slow
    def test_changed_bytes_are_found_before_an_engine_maps_them(self, engine, tmp_path, caplog):
        path = tmp_path / "index"
        first = bm25(DOCS, index_path=path, engine=engine)
        for name in first.info.files:
            bytes_ = bytearray((path / name).read_bytes())
            bytes_[len(bytes_) // 2] ^= 0xFF
            (path / name).write_bytes(bytes_)
            with pytest.raises(OpticalError, match=r"is damaged: build it again with bm25\(corpus"):
                found(bm25(index_path=path), "cotton")
            caplog.clear()
            assert found(bm25(DOCS, index_path=path, engine=engine), "cotton") == ["loom"]
            assert ours(caplog) == [f"Rebuilding the index at '{path}': it is damaged or of another version."]

    def test_changed_score_bounds_are_made_again(self, tmp_path):
        path = tmp_path / "index"
        bm25(DOCS, index_path=path, engine="pisa")
        scores = BM25Retriever(path, k1=2).search("river")["score"].tolist()
        for file in (path / "bm25-2.0-0.75").glob("*.bmw.*"):
            file.write_bytes(bytes(len(file.read_bytes())))
        assert BM25Retriever(path, k1=2).search("river")["score"].tolist() == scores

    def test_an_index_is_opened_without_its_documents(self, engine, tmp_path, monkeypatch):
        path = tmp_path / "index"
        made = bm25(DOCS, index_path=path, engine=engine)
        monkeypatch.setattr(build, "_read", lambda *args: pytest.fail("documents were read"))
        again = bm25(index_path=path, num_results=1)
        assert again.info == made.info and found(again, "river") == ["ferry"]
        other = {"pisa": "terrier", "terrier": "pisa"}[engine]
        for options, message in (
            ({}, "has neither documents nor an index"),
            ({"index_path": tmp_path / "nowhere"}, "is no index"),
            ({"index_path": path, "engine": other}, f"is one of {engine}: leave engine='{other}' out"),
            ({"index_path": path, "lang": "tr", "fields": "title"}, "lang and fields say how documents are indexed"),
        ):
            with pytest.raises(OpticalError, match=message):
                bm25(**options)

    def test_a_full_disk(self, tmp_path, monkeypatch):
        def full(*args):
            raise OSError(errno.ENOSPC, "No space left on device")

        path = tmp_path / "index"
        for module, name in ((build, "spooled"), (pisa, "write_collection"), (build, "write_terms")):
            with monkeypatch.context() as context:
                context.setattr(module, name, full)
                with pytest.raises(OpticalError, match=r"There is no room for an index .*\(No space left"):
                    bm25(DOCS, index_path=path, engine="pisa")
            assert list(tmp_path.iterdir()) == []
        # PISA itself does not look whether what it wrote was written.
        monkeypatch.setattr(pisa.shutil, "disk_usage", lambda folder: SimpleNamespace(free=100))
        with pytest.raises(OpticalError, match="The disk is too full for an index"):
            bm25(DOCS, index_path=path, engine="pisa")
        assert list(tmp_path.iterdir()) == []

    def test_a_retriever_does_not_search_what_took_the_place_of_its_index(self, engine, tmp_path):
        unused, used = (bm25(DOCS, index_path=tmp_path / "index", engine=engine) for _ in range(2))
        assert found(used, "cotton") == ["loom"]
        bm25(DOCS[:2], index_path=tmp_path / "index", engine=engine, overwrite=True)
        for retriever in (unused, used):
            with pytest.raises(OpticalError, match="was replaced, damaged or removed after this retriever was made"):
                retriever.search("river")

    def test_what_killed_processes_left_is_removed_and_what_living_ones_use_is_not(self, tmp_path):
        bm25(DOCS[:3], index_path=tmp_path / "in[d]ex", engine="pisa")
        os.rename(tmp_path / "in[d]ex", tmp_path / ".in[d]ex.89abcdef.old")  # killed while it replaced that one
        assert found(bm25(index_path=tmp_path / "in[d]ex"), "cotton") == ["loom"]
        os.rename(tmp_path / "in[d]ex", tmp_path / ".in[d]ex.89abcdef.old")
        for name in ("in[d]ex.0123abcd.partial", "in[d]ex.4567cdef.partial", "other.partial"):
            name = f".{name}"
            (tmp_path / name).mkdir()
            (tmp_path / name / "half").write_text("x")
        lock = lock_folder(tmp_path / ".in[d]ex.4567cdef.partial")
        bm25(DOCS, index_path=tmp_path / "in[d]ex", engine="pisa", overwrite=True)
        assert sorted(os.listdir(tmp_path)) == [".in[d]ex.4567cdef.partial", ".other.partial", "in[d]ex"]
        os.close(lock)
        bm25(DOCS[:2], index_path=tmp_path / "in[d]ex", engine="pisa", overwrite=True)
        assert sorted(os.listdir(tmp_path)) == [".other.partial", "in[d]ex"]

    @pytest.mark.parametrize("meanwhile", [DOCS, DOCS[:2]])
    def test_two_that_index_at_once(self, tmp_path, meanwhile):
        path = tmp_path / "index"
        quicker = []

        def docs():
            quicker.append(bm25(meanwhile, index_path=path, engine="pisa"))
            quicker.append((path / store.INFO_FILE).stat().st_ino)
            yield from DOCS

        retriever = bm25(docs(), index_path=path, engine="pisa")
        assert found(retriever, "cotton") == ["loom"] and os.listdir(tmp_path) == ["index"]
        assert (quicker[0] == retriever) == (meanwhile is DOCS)
        # An equal index stays where it is, under those who have opened it.
        assert ((path / store.INFO_FILE).stat().st_ino == quicker[1]) == (meanwhile is DOCS)

    def test_a_link_to_an_index_stays_a_link(self, tmp_path):
        (tmp_path / "link").symlink_to(tmp_path / "index")
        (tmp_path / "index").mkdir()
        for docs in (DOCS, DOCS[1:]):
            retriever = bm25(docs, index_path=tmp_path / "link", engine="pisa", overwrite=True)
            assert retriever.num_docs == BM25Retriever(tmp_path / "index").num_docs == len(docs)
        assert (tmp_path / "link").is_symlink() and sorted(os.listdir(tmp_path)) == ["index", "link"]

    def test_a_place_that_cannot_be_written_to(self, tmp_path, monkeypatch):
        def refuse(self, *args, **options):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(pathlib.Path, "mkdir", refuse)
        with pytest.raises(OpticalError, match=r"Cannot write an index at '.*index' \(Permission denied\)"):
            bm25(DOCS, index_path=tmp_path / "index", engine="pisa")

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

        def engine(folder, documents, *_):
            (folder / "half").write_text(str(next(iter(documents))))
            raise KeyboardInterrupt

        monkeypatch.setattr(pisa, "build", engine)
        with pytest.raises(KeyboardInterrupt):
            bm25(docs(), index_path=path, engine="pisa", overwrite=True)
        assert found(BM25Retriever(path), "cotton") == ["loom"]
        assert [entry.name for entry in tmp_path.iterdir()] == ["index"]

    def test_an_interrupted_first_index_leaves_nothing(self, engine, tmp_path):
        def interrupted():
            yield DOCS[0]
            raise OSError("the disk went away")

        with pytest.raises(OSError, match="the disk went away"):
            bm25(interrupted(), index_path=tmp_path / "index", engine=engine)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.slow
    def test_temporary_indexes_do_not_outlive_python(self, tmp_path):
        code = (
            "from pyterrier_optical.retrieve.bm25 import bm25\n"
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


@pytest.mark.parametrize("name", ["with space", "ดัชนี ünï", "a,b#c;d%20e$", "i" * 200])
def test_folders_of_any_name(engine, tmp_path, name):
    path = tmp_path / engine / name
    assert found(bm25(DOCS, index_path=str(path), engine=engine), "loom") == ["loom"]
    assert found(BM25Retriever(path), "loom") == ["loom"] and os.listdir(tmp_path / engine) == [name]


def test_the_home_folder_and_a_change_of_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    retrievers = [bm25(DOCS, index_path=place, engine="pisa") for place in ("~/index", "index")]
    monkeypatch.chdir("/")
    retrievers.append(BM25Retriever("~/index"))
    for retriever in retrievers:
        assert retriever.index_path == str(tmp_path / "index") and found(retriever, "loom") == ["loom"]


@pytest.mark.parametrize("moment", ["reading", "engine"])
def test_ctrl_c_where_java_runs(java, tmp_path, moment):
    code = (
        "import os, signal, sys, time, pyterrier as pt\n"
        # A test run in the background of a shell inherits that Ctrl-C is ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "pt.java.mavenresolver.offline()\n"
        "from pyterrier_optical.retrieve.bm25 import bm25\n"
        "from pyterrier_optical.retrieve.bm25.spool import Batch\n"
        "def slowly(items):\n"
        "    for item in items:\n"
        "        yield item\n"
        "        print('going', flush=True)\n"
        "        time.sleep(0.02)\n"
        "docs = [{'docno': str(i), 'text': 'tea'} for i in range(2000)]\n"
        "if sys.argv[2] == 'engine':\n"
        "    texts = Batch.texts\n"
        "    Batch.texts = lambda *args: slowly(texts(*args))\n"
        "else:\n"
        "    docs = slowly(docs)\n"
        "bm25(docs, engine='terrier', index_path=sys.argv[1])\n"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path / "index"), moment]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while "going" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode and errors.rstrip().endswith("KeyboardInterrupt")
    assert os.listdir(tmp_path) == []
