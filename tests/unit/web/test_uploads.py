import os
import time
import tracemalloc
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message

from clients.web.server.kept_files import KeptFile, KeptFiles
from clients.web.server.uploads import sent_file
from tests.fakes.browser import Browser
from tests.unit.documents.written_files import docx
from tests.unit.web.conftest import Serve

TEXT_FIELD = b'--b\r\ncontent-disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n'
KOREAN = "학교에 정원이 필요하다고 생각한다."
WORD = docx("<w:p><w:r><w:t>I like dogs.</w:t></w:r></w:p>")
PROXY = {"WEB_IDENTITY_HEADER": "x-email", "WEB_IDENTITY_PROXIES": "127.0.0.1"}


@pytest.mark.parametrize(
    ("language", "said"), [("en", "read as Korean text in CP949"), ("ko", "CP949(EUC-KR)로")]
)
async def test_what_was_assumed_is_said(browser: Browser, language: str, said: str) -> None:
    answer = await browser.upload(KOREAN.encode("cp949"), path=f"/api/files?language={language}")
    read = answer.json()
    assert said in read.pop("assumed")
    assert read == {"file_id": "", "name": "essay.txt", "format": "text", "text": KOREAN, "notes": []}


async def test_a_docx_is_kept_for_comments(browser: Browser) -> None:
    read = (await browser.upload(WORD, "essay.docx")).json()
    assert (read["format"], read["text"], read["assumed"]) == ("docx", "I like dogs.", "")
    path = f"/api/files/{read['file_id']}"
    assert (await browser.ask("DELETE", path)).status == 204
    assert (await browser.ask("DELETE", path)).status == 404


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (b"{\\rtf1 x}", 422, "RTF"),
        (b"<html>x", 422, "HTML"),
        (b"PK\3\4 broken", 422, "BROKEN"),
        (b"\0\1\2\xff", 422, "NOT_TEXT"),
        ("가".encode() * 100_001, 413, "TOO_LONG"),
        (b"x" * (1024 * 1024 + 1), 413, "TOO_LARGE"),
        (b"x" * (2 * 1024 * 1024), 413, "TOO_LARGE"),
    ],
    ids=["rtf", "html", "broken", "binary", "long", "large", "larger than the form may be"],
)
async def test_a_file_that_is_not_taken_is_told_why(
    serve: Serve, data: bytes, status: int, reason: str
) -> None:
    browser = serve(WEB_MAX_FILE_MIB="1")
    await browser.open_session()
    answer = await browser.upload(data)
    error = answer.json()["error"]
    assert (answer.status, error["reason"]) == (status, reason)
    assert error["message"]


@pytest.mark.parametrize(("language", "said"), [("en", "This file is too large"), ("ko", "파일이 너무 커요")])
@pytest.mark.parametrize("size", [1024 * 1024 + 1, 2 * 1024 * 1024])
async def test_a_file_that_is_too_large_is_refused_in_the_page_s_language(
    serve: Serve, language: str, said: str, size: int
) -> None:
    browser = serve(WEB_MAX_FILE_MIB="1")
    await browser.open_session()
    answer = await browser.upload(b"x" * size, path=f"/api/files?language={language}")
    assert answer.json()["error"]["message"].startswith(said)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b""),
        ({"content-type": "multipart/form-data"}, b""),
        ({"content-type": "multipart/form-data; boundary=b"}, b"--b\r\nnonsense"),
        ({"content-type": "multipart/form-data; boundary=b"}, TEXT_FIELD),
    ],
)
async def test_a_form_without_a_file_is_refused(
    browser: Browser, headers: dict[str, str], body: bytes
) -> None:
    answer = await browser.ask("POST", "/api/files", headers, body)
    assert (answer.status, answer.json()["error"]["field"]) == (400, "file")


async def test_a_large_file_waits_on_the_disk_for_its_turn() -> None:
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    pieces = iter([head, *[b"x" * 65_536] * 128, b"\r\n--b--\r\n", b""])

    async def receive() -> Message:
        piece = next(pieces)
        # Each is one of its own, as it comes from a socket.
        return {"type": "http.request", "body": bytes(bytearray(piece)), "more_body": piece != b""}

    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    tracemalloc.start()
    try:
        async with sent_file(request, 16 * 1024 * 1024) as sent:
            held, _ = tracemalloc.get_traced_memory()
            assert held < 2 * 1024 * 1024
            assert (sent.name, len(sent.content.read())) == ("a.pdf", 8 * 1024 * 1024)
    finally:
        tracemalloc.stop()
    assert sent.content.closed


async def test_a_name_shows_what_it_hides(browser: Browser) -> None:
    name = "C:\\essays/<img src=x>\u202etxt.exe"
    read = (await browser.upload(b"A text.", name)).json()
    assert read["name"] == "<img src=x>\N{REPLACEMENT CHARACTER}txt.exe"


async def test_a_file_is_its_senders_alone(serve: Serve) -> None:
    browser = serve(**PROXY)
    browser.headers["x-email"] = "kim@school.example"
    await browser.open_session()
    file_id = (await browser.upload(WORD)).json()["file_id"]
    browser.headers["x-email"] = "lee@school.example"
    assert (await browser.ask("DELETE", f"/api/files/{file_id}")).status == 404
    browser.headers["x-email"] = "kim@school.example"
    assert (await browser.ask("DELETE", f"/api/files/{file_id}")).status == 204


def test_a_file_goes_when_its_time_is_up_and_the_oldest_when_there_is_no_room(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    kept = KeptFiles(folder, seconds=3600, max_bytes=130)
    file = KeptFile("essay.docx", "docx", "")
    old, new = kept.keep(file, b"0123456789"), kept.keep(file, b"0123456789")
    os.utime(folder / old, (0, time.time() - 3000))
    assert kept.get(old, "") == (file, b"0123456789")
    third = kept.keep(file, b"0123456789")
    assert (kept.get(old, ""), kept.get(third, "")) == (None, (file, b"0123456789"))
    os.utime(folder / new, (0, time.time() - 3601))
    assert kept.get(new, "") is None
    # What a process left behind that ended while it wrote.
    (folder / "x.part").mkdir()
    os.utime(folder / "x.part", (0, time.time() - 3601))
    kept.sweep()
    assert [each.name for each in folder.iterdir()] == [third]
    assert folder.joinpath(third).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("file_id", ["", "..", "a/b", "." * 22, "x" * 22])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, file_id: str) -> None:
    kept = KeptFiles(tmp_path, seconds=3600, max_bytes=1000)
    assert kept.get(file_id, "") is None
    assert not kept.delete(file_id, "")
