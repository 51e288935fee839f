"""Weights: fetched with resume from a real server, verified, unpacked without trust, refused with what to do."""

import hashlib
import io
import socket
import tarfile
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from asr import archive, manifest, weights
from asr.base import AsrError

NAME = "site-model"
CONTENT = {"site-model/am/final.mdl": b"acoustic " * 40_000, "site-model/conf/model.conf": "--beam=10 中文\n".encode()}


class Shelf(BaseHTTPRequestHandler):
    """Serves `server.content`, honours Range unless told not to, and breaks off the first `server.cuts` answers."""

    def do_GET(self):
        content, asked = self.server.content, self.headers["Range"]
        self.server.asked.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranges else 0
        if start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.cuts:
            self.server.cuts -= 1
            body = body[: len(body) // 2]
        self.wfile.write(body)

    def log_message(self, *_):
        """The test's output stays clean."""


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    server.content, server.cuts, server.ranges, server.asked = zipped(CONTENT), 0, True, []
    server.url = f"http://127.0.0.1:{server.server_port}/{NAME}.zip"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        for name, content in files.items():
            out.writestr(name, content)
    return packed.getvalue()


def taped(*members):
    """A .tar.bz2 of (TarInfo, content)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:bz2") as out:
        for info, content in members:
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def listed(models, url, content, sha256=None):
    sha256 = hashlib.sha256(content).hexdigest() if sha256 is None else sha256
    (models / "models.toml").write_text(
        f'[[model]]\nname = "{NAME}"\nengine = "vosk"\nsource = "test"\nurl = "{url}"\n'
        f'size = {len(content)}\nsha256 = "{sha256}"\nlicence = "MIT"\n',
        "utf8",
    )


def left(models):
    return sorted(path.name for path in models.iterdir() if path.name != "models.toml")


def test_weights_are_fetched_unpacked_and_verified(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    steps = []
    folder = weights.install(NAME, tmp_path, lambda *step: steps.append(step))
    assert (folder / "am/final.mdl").read_bytes() == CONTENT["site-model/am/final.mdl"]
    assert weights.verify(NAME, tmp_path) == folder == tmp_path / NAME
    assert steps[-1] == (len(shelf.content), len(shelf.content))
    assert left(tmp_path) == [NAME]
    weights.install(NAME, tmp_path)
    assert len(shelf.asked) == 1  # what is here and right is not asked for again


def test_who_installs_at_the_same_time_waits_for_what_the_other_brings(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    with ThreadPoolExecutor(4) as pool:
        folders = list(pool.map(lambda _: weights.install(NAME, tmp_path), range(4)))
    assert {weights.verify(NAME, tmp_path)} == set(folders)
    assert len(shelf.asked) == 1
    assert left(tmp_path) == [NAME]


def test_a_cut_connection_is_taken_up_where_it_broke(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    shelf.cuts = 2
    weights.install(NAME, tmp_path)
    half = len(shelf.content) // 2
    assert shelf.asked[:2] == [None, f"bytes={half}-"]
    assert len(shelf.asked) == 3


def test_a_later_run_goes_on_with_what_an_earlier_one_left(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    (tmp_path / f"{NAME}.zip.partial").write_bytes(shelf.content[:1000])
    weights.install(NAME, tmp_path)
    assert shelf.asked == ["bytes=1000-"]


def test_a_download_that_was_complete_is_not_fetched_again(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    (tmp_path / f"{NAME}.zip.partial").write_bytes(shelf.content)
    assert weights.install(NAME, tmp_path).is_dir()


def test_a_server_without_ranges_is_read_from_the_start(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    shelf.ranges = False
    (tmp_path / f"{NAME}.zip.partial").write_bytes(b"stale")
    assert weights.install(NAME, tmp_path).is_dir()


def test_a_wrong_hash_is_discarded(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content, sha256="0" * 64)
    with pytest.raises(AsrError, match=f"应为 000.*已丢弃.*models fetch {NAME}"):
        weights.install(NAME, tmp_path)
    assert left(tmp_path) == []


def test_a_refused_connection_says_how_to_place_the_file_by_hand(tmp_path):
    content = zipped(CONTENT)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: refuses
        listed(tmp_path, f"http://127.0.0.1:{closed.getsockname()[1]}/m.zip", content)
        (tmp_path / f"{NAME}.zip.partial").write_bytes(b"kept")
        with pytest.raises(AsrError, match=f"下载不了 http.*放到 .*{NAME}.zip"):
            weights.install(NAME, tmp_path)
        assert left(tmp_path) == [f"{NAME}.zip.partial"]
        (tmp_path / f"{NAME}.zip").write_bytes(content)
        assert weights.install(NAME, tmp_path).is_dir()


def test_a_hash_that_nobody_knows_must_be_given(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content, sha256="")
    with pytest.raises(AsrError, match="没有.*SHA-256.*--sha256"):
        weights.install(NAME, tmp_path)
    assert shelf.asked == []
    assert weights.install(NAME, tmp_path, sha256=hashlib.sha256(shelf.content).hexdigest().upper()).is_dir()
    assert weights.verify(NAME, tmp_path)


def test_a_changed_or_missing_file_is_a_clear_error(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    folder = weights.install(NAME, tmp_path)
    (folder / "conf/model.conf").write_text("--beam=1\n", "utf8")
    with pytest.raises(AsrError, match=f"model.conf 校验不符.*models fetch {NAME}"):
        weights.verify(NAME, tmp_path)
    (folder / "conf/model.conf").unlink()
    with pytest.raises(AsrError, match=r"model\.conf 校验不符"):
        weights.verify(NAME, tmp_path)
    weights.install(NAME, tmp_path)
    assert weights.verify(NAME, tmp_path)


def test_weights_of_another_release_are_not_taken_for_these(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    weights.install(NAME, tmp_path)
    listed(tmp_path, shelf.url, shelf.content, sha256="1" * 64)
    with pytest.raises(AsrError, match="校验不符"):
        weights.verify(NAME, tmp_path)


def test_a_truncated_zip_changes_nothing(tmp_path, shelf):
    listed(tmp_path, shelf.url, shelf.content)
    folder = weights.install(NAME, tmp_path)
    (folder / "conf/model.conf").unlink()
    shelf.content = shelf.content[:-30]
    listed(tmp_path, shelf.url, shelf.content)
    with pytest.raises(AsrError, match="解不开（.*不完整.*models fetch"):
        weights.install(NAME, tmp_path)
    assert left(tmp_path) == [NAME, f"{NAME}.zip"]
    assert (folder / "am/final.mdl").is_file()


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "..\\outside", "c:outside"])
def test_a_zip_that_names_a_place_outside_is_refused(tmp_path, name):
    (tmp_path / "bad.zip").write_bytes(zipped({"in/fine": b"1", name: b"2"}))
    with pytest.raises(archive.BrokenArchive, match="outside"):
        archive.unpack(tmp_path / "bad.zip", tmp_path / "models/new")
    assert not list(tmp_path.rglob("*outside"))


def test_a_tar_with_a_link_or_a_place_outside_is_refused(tmp_path):
    link = tarfile.TarInfo("in/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    for member in (link, tarfile.TarInfo("../outside")):
        (tmp_path / "bad.tar.bz2").write_bytes(taped((member, b"")))
        with pytest.raises(archive.BrokenArchive, match=member.name):
            archive.unpack(tmp_path / "bad.tar.bz2", tmp_path / "models/new")
    assert not (tmp_path / "models/outside").exists()


def test_a_tar_is_unpacked_without_its_outer_folder(tmp_path):
    (tmp_path / "good.tar.bz2").write_bytes(taped((tarfile.TarInfo("outer/tokens.txt"), b"<blk> 0")))
    archive.unpack(tmp_path / "good.tar.bz2", tmp_path / "new")
    assert (tmp_path / "new/tokens.txt").read_bytes() == b"<blk> 0"


def test_a_site_lists_a_folder_of_its_own_by_its_fingerprint(tmp_path):
    (tmp_path / "ours/am").mkdir(parents=True)
    (tmp_path / "ours/am/final.mdl").write_bytes(b"ours")
    found = manifest.fingerprint(tmp_path / "ours")
    row = '[[model]]\nname = "ours"\nengine = "vosk"\nsource = ""\nfolder = "ours"\nsize = 4\nlicence = ""\nsha256 = '
    (tmp_path / "models.toml").write_text(row + '"unknown"', "utf8")
    with pytest.raises(AsrError, match=found):
        weights.verify("ours", tmp_path)
    (tmp_path / "models.toml").write_text(f'{row}"{found}"', "utf8")
    assert weights.verify("ours", tmp_path) == tmp_path / "ours"
    line = f"{hashlib.sha256(b'ours').hexdigest()}  am/final.mdl\n"
    assert found == hashlib.sha256(line.encode()).hexdigest()


def test_an_unknown_name_says_what_there_is(tmp_path):
    listed(tmp_path, "http://127.0.0.1/m.zip", b"")
    with pytest.raises(AsrError, match=f"没有叫 nonsense 的语音模型；可选：{NAME}"):
        weights.find("nonsense", tmp_path)


@pytest.mark.parametrize("text", ["[[model", "", '[[model]]\nname = "x"', "model = 3", 'model = ["x"]'])
def test_an_unreadable_list_is_named(tmp_path, text):
    (tmp_path / "models.toml").write_text(text, "utf8")
    with pytest.raises(AsrError, match=r"模型清单 .*models\.toml 读不出来"):
        weights.known(tmp_path)
