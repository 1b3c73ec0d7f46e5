import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from pyterrier_optical import OpticalError
from pyterrier_optical.datasets.download import fetch

CONTENT = bytes(range(256)) * 1000


class Server(BaseHTTPRequestHandler):
    content = CONTENT
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        self.send_response(200 if self.path == "/file" else 404)
        self.send_header("Content-Length", str(len(self.content) + (self.path == "/short")))
        self.end_headers()
        self.wfile.write(self.content)

    def log_message(self, *args):
        pass


@pytest.fixture
def url(monkeypatch):
    """A server on this machine's own loopback; no network."""

    class Fresh(Server):
        pass

    session = requests.Session()
    session.trust_env = False
    monkeypatch.setattr(requests, "get", session.get)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Fresh)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/file", Fresh
    server.shutdown()
    server.server_close()


def accept(path):
    pass


def test_download_is_kept_and_its_hash_recorded(url, tmp_path):
    address, server = url
    path = tmp_path / "deep" / "file.bin"
    assert fetch(address, path, accept) == path
    assert path.read_bytes() == CONTENT
    record = path.with_name("file.bin.sha256").read_text()
    assert record == f"{hashlib.sha256(CONTENT).hexdigest()}  file.bin\n"
    fetch(address, path, accept)
    assert server.asked == 1
    assert sorted(p.name for p in path.parent.iterdir()) == ["file.bin", "file.bin.sha256"]


def test_changed_file_is_refused(url, tmp_path):
    path = tmp_path / "file.bin"
    fetch(url[0], path, accept)
    path.write_bytes(b"other")
    with pytest.raises(OpticalError, match="has changed"):
        fetch(url[0], path, accept)


def test_changed_publication_is_refused(url, tmp_path):
    address, server = url
    path = tmp_path / "file.bin"
    fetch(address, path, accept)
    path.unlink()
    server.content = b"a new release"
    with pytest.raises(OpticalError, match="another file"):
        fetch(address, path, accept)
    assert not path.exists()
    path.with_name("file.bin.sha256").unlink()
    assert fetch(address, path, accept).read_bytes() == b"a new release"


def test_file_put_there_by_hand_is_taken(tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"mine")
    assert fetch("http://nowhere.invalid/file", path, accept) == path


def test_what_fails_the_check_leaves_nothing(url, tmp_path):
    def refuse(path):
        assert path.read_bytes() == CONTENT
        raise OpticalError("no good")

    with pytest.raises(OpticalError, match="no good"):
        fetch(url[0], tmp_path / "file.bin", refuse)
    assert list(tmp_path.glob("*file.bin*")) == []


@pytest.mark.parametrize("bad", ["missing", "short"])
def test_failed_download_leaves_nothing(url, tmp_path, bad):
    with pytest.raises(OpticalError, match="Cannot download"):
        fetch(url[0].replace("/file", f"/{bad}"), tmp_path / "file.bin", accept)
    assert list(tmp_path.glob("*file.bin*")) == []


def test_no_network_is_one_sentence(tmp_path):
    with pytest.raises(
        OpticalError, match=r"Cannot download http://nowhere\.invalid/file \(ConnectionError\)"
    ) as caught:
        fetch("http://nowhere.invalid/file", tmp_path / "file.bin", accept)
    assert str(tmp_path / "file.bin") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_silent_network_is_not_waited_for(monkeypatch, tmp_path):
    never = threading.Event()
    monkeypatch.setattr(requests, "get", lambda *args, **options: never.wait())
    begin = time.perf_counter()
    with pytest.raises(OpticalError, match="TimeoutError"):
        fetch("http://nowhere.invalid/file", tmp_path / "file.bin", accept, patience=0.1)
    assert time.perf_counter() - begin < 5
    never.set()
