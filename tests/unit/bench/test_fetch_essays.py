import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench.corpora import ESSAY_HASHES, texts
from bench.fetch_essays import SOURCE, main
from tests.fakes.locked_zip import locked_zip

ESSAYS = {"R1-T1-01": "A title\n\nA first review.", "R1-T2-02,09": "Ein café.\nA second one."}
FILES = {
    "corpus/essays/withRefs/R1-T1-01.txt": b"\xef\xbb\xbfA title\r\n\r\nA first review.\r\n",
    "corpus/essays/withoutRefs/R1-T1-01.txt": b"Another version.",
    "corpus/essays/withRefs/R1-T2-02,09.txt": "Ein café.\nA second one.".encode(),
    "corpus/essays/withRefs/R9-T9-99.txt": b"Nobody asked for it.",
    "corpus/essays.csv": b"id,text",
}


def archive(files: dict[str, bytes] = FILES) -> bytes:
    inner = locked_zip(files, b"corpus_Inner")
    return locked_zip({"corpusInner.zip": inner}, b"corpus_Outer")


@pytest.fixture
def hashes(tmp_path: Path) -> Path:
    file = tmp_path / "essays.sha256"
    lines = (f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in ESSAYS.items())
    file.write_text("".join(lines), encoding="utf-8")
    return file


class Publisher(ThreadingHTTPServer):
    """Serves an archive at "/corpusOuter.zip", and nothing else."""

    archive = b""


class ArchiveHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = self.path == "/corpusOuter.zip"
        self.send_response(200 if found else 404)
        self.end_headers()
        assert isinstance(self.server, Publisher)
        self.wfile.write(self.server.archive if found else b"")

    def log_message(self, *args: object) -> None:
        """Leaves the output to the program under test."""


@pytest.fixture
def address() -> Iterator[str]:
    with Publisher(("127.0.0.1", 0), ArchiveHandler) as server:
        server.archive = archive()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_essays_are_fetched_unlocked_and_checked(address: str, hashes: Path, tmp_path: Path) -> None:
    out = tmp_path / "essays.jsonl"
    assert main(["--url", f"{address}/corpusOuter.zip"], hashes=hashes, destination=out) == 0
    assert texts(out) == ESSAYS
    assert [list(json.loads(line)) for line in out.read_text("utf-8").splitlines()] == [["id", "text"]] * 2


def test_a_folder_that_was_unpacked_by_hand_will_do(hashes: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "unpacked", tmp_path / "essays.jsonl"
    for name, data in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert main(["--folder", str(folder)], hashes=hashes, destination=out) == 0
    assert texts(out) == ESSAYS


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            archive(FILES | {"corpus/essays/withRefs/R1-T1-01.txt": b"Altered."}),
            "1 of 2 essays are missing or altered",
        ),
        (locked_zip({"corpusInner.zip": b""}, b"another"), "cannot be read"),
        (locked_zip({"readme.txt": b""}, b"corpus_Outer"), "cannot be read"),
        (b"<html>", "cannot be read"),
    ],
)
def test_nothing_is_written_of_another_archive(
    data: bytes, said: str, hashes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "corpusOuter.zip", tmp_path / "essays.jsonl"
    file.write_bytes(data)
    assert main(["--archive", str(file)], hashes=hashes, destination=out) == 1
    assert said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("path", ["/gone.zip", ""])
def test_an_address_without_the_archive_is_named(
    address: str, path: str, hashes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"{address}{path}" if path else "file:///corpusOuter.zip"
    out = tmp_path / "essays.jsonl"
    assert main(["--url", url], hashes=hashes, destination=out) == 1
    assert capsys.readouterr().err.startswith(f"nothing is written: {url}")
    assert not out.exists()


def test_the_source_is_at_a_fixed_commit_and_every_essay_has_its_hash() -> None:
    assert "/a4b27f0409682521e38c51281f8e7dd9e0a0a173/" in SOURCE
    lines = ESSAY_HASHES.read_text("utf-8").splitlines()
    assert len(lines) == len({line.split()[1] for line in lines}) == 71
