"""Hub ids against a hub on this machine: cached, fetched, absent, gated."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import huggingface_hub.constants
import pytest
import tiny

from pyterrier_optical.checkpoint.folder import check_checkpoint, load_encoder
from pyterrier_optical.checkpoint.hub import local_folder, looks_like_path, snapshot
from pyterrier_optical.errors import OpticalError
from pyterrier_optical.mt import MTQueryTranslator

COMMIT = "a" * 40


class Hub(BaseHTTPRequestHandler):
    """As much of a model hub as a snapshot needs; a subclass has ``folder``, ``asked`` and ``lost``."""

    def log_message(self, *args):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        type(self).asked.append(self.path)
        names = [path.name for path in sorted(self.folder.iterdir()) if path.is_file()]
        if "/nobranch" in self.path:
            return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        if self.path.startswith("/api/models/owner/model/tree/"):
            sizes = [(name, (self.folder / name).stat().st_size) for name in names]
            tree = [{"type": "file", "path": name, "size": size, "oid": name} for name, size in sizes]
            return self.answer(200, json.dumps(tree).encode())
        if self.path.startswith("/api/models/owner/model"):
            files = [{"rfilename": name} for name in names]
            body = {"id": "owner/model", "sha": COMMIT, "siblings": files, "private": False, "tags": [], "downloads": 0}
            return self.answer(200, json.dumps(body).encode())
        if self.path.startswith("/owner/model/resolve/"):
            file = self.folder / self.path.split("?")[0].rsplit("/", 1)[1]
            if file.name == self.lost:
                return self.answer(404, b"{}", {"X-Error-Code": "EntryNotFound"})
            return self.answer(200, file.read_bytes(), {"ETag": f'"{file.name}"', "X-Repo-Commit": COMMIT})
        code, name = (401, "GatedRepo") if "gated" in self.path else (404, "RepoNotFound")
        return self.answer(code, b"{}", {"X-Error-Code": name})

    def answer(self, code, body, headers=None):
        self.send_response(code)
        for name, value in {"Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub with one model, whose folder also has pickled weights; the cache is empty."""
    handler = type("OneHub", (Hub,), {"folder": tiny.bert(tmp_path / "served"), "asked": [], "lost": None})
    (handler.folder / "pytorch_model.bin").write_bytes(b"pickle")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    files = address + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", address)
    monkeypatch.setattr(huggingface_hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    yield handler
    server.shutdown()
    server.server_close()


def test_a_hub_model_is_fetched_once_and_without_pickled_weights(hub, monkeypatch):
    first = load_encoder("owner/model", device="cpu")
    assert any("model.safetensors" in path for path in hub.asked)
    assert not any("pytorch_model.bin" in path for path in hub.asked)
    hub.asked.clear()
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    second = load_encoder("owner/model", device="cpu")
    assert not hub.asked
    assert first.encode_query("cat").tolist() == second.encode_query("cat").tolist()


def test_a_hub_model_with_pickled_weights_only_is_refused(hub):
    (hub.folder / "model.safetensors").unlink()
    with pytest.raises(OpticalError, match="no safetensors weights"):
        load_encoder("owner/model")


def test_a_download_that_breaks_off_is_one_sentence(hub):
    hub.lost = "tokenizer.json"
    with pytest.raises(OpticalError, match="'owner/model' is not on this machine and the hub cannot be reached"):
        load_encoder("owner/model")


def test_an_absent_and_a_gated_model_are_told_apart(hub):
    with pytest.raises(OpticalError, match="neither a local folder nor a public hub model"):
        load_encoder("owner/absent")
    with pytest.raises(OpticalError, match="gated"):
        load_encoder("owner/gated")


def test_a_revision_is_what_is_fetched(hub, monkeypatch):
    (hub.folder / "source.spm").write_bytes(b"pieces")
    folder = snapshot("owner/model", check_checkpoint, revision="refs/pr/1")
    assert (folder / "source.spm").read_bytes() == b"pieces"
    assert any("/revision/refs%2Fpr%2F1" in path for path in hub.asked)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert snapshot("owner/model", check_checkpoint, revision="refs/pr/1") == folder
    with pytest.raises(OpticalError, match="HF_HUB_OFFLINE is set"):
        snapshot("owner/model", check_checkpoint)


def test_an_absent_revision_is_named(hub):
    with pytest.raises(OpticalError, match="'owner/model' has no revision 'nobranch'"):
        snapshot("owner/model", check_checkpoint, revision="nobranch")


def test_a_translation_model_with_pickled_weights_only_says_where_others_are(hub):
    (hub.folder / "model.safetensors").unlink()
    with pytest.raises(OpticalError, match=r"'owner/model' has no safetensors weights: pass the revision"):
        MTQueryTranslator("owner/model").translate(["mto"])


def test_a_folder_goes_before_a_hub_id_and_is_checked_too(hub, tmp_path, monkeypatch):
    checked = []
    (tmp_path / "owner" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert local_folder("owner/model", checked.append) == Path("owner/model") == checked[0] and not hub.asked
    for name in ("./absent", tmp_path / "absent", Path("owner/absent")):
        with pytest.raises(OpticalError, match="No model folder"):
            local_folder(name, checked.append)
    assert not hub.asked
    monkeypatch.chdir("/")
    assert local_folder("owner/model", check_checkpoint).is_relative_to(tmp_path / "cache")


def test_paths_and_hub_ids_are_told_apart():
    assert all(looks_like_path(name) for name in ("./a", "/a/b", "~/a", "a/b/c", "a\\b", ""))
    assert not any(looks_like_path(name) for name in ("xlm-roberta-base", "owner/name"))
