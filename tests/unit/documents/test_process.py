import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chorus_documents.document import Format, Refusal, UnreadableDocument
from chorus_documents.limits import Limits
from chorus_documents.reader import read, read_file
from tests.unit.documents.written_files import docx, hwp, hwpx, paragraph, pdf

WORD = docx("<w:p><w:r><w:t>Hello</w:t></w:r></w:p>")
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("data", "format_"),
    [
        (WORD, Format.DOCX),
        (hwpx("<hp:p><hp:run><hp:t>Hello</hp:t></hp:run></hp:p>"), Format.HWPX),
        (hwp(paragraph("Hello")), Format.HWP),
        (pdf(["Hello"]), Format.PDF),
    ],
)
def test_a_file_is_read_whatever_its_name(tmp_path: Path, data: bytes, format_: Format) -> None:
    file = tmp_path / "essay.txt"
    file.write_bytes(data)
    document = read_file(file)
    assert (document.text, document.format) == ("Hello", format_)


@pytest.mark.parametrize("write", [docx, hwpx, lambda _: hwp(paragraph(""))])
def test_a_document_without_text_is_refused(write: Callable[[str], bytes]) -> None:
    assert refusal(write(""), Limits()) is Refusal.NO_TEXT


def refusal(data: bytes, limits: Limits) -> Refusal:
    with pytest.raises(UnreadableDocument) as caught:
        read(data, limits)
    return caught.value.refusal


# One part of 40 MiB that a few kilobytes unpack to.
BOMB = docx("<w:p><w:r><w:t/></w:r></w:p>" * (40 * MEBIBYTE // 28))


@pytest.mark.parametrize(
    ("data", "limits", "whys"),
    [
        (WORD, Limits(file_bytes=len(WORD) - 1), {Refusal.TOO_LARGE}),
        (BOMB, Limits(cpu_seconds=1), {Refusal.TOO_SLOW}),
        (BOMB, Limits(wall_seconds=1), {Refusal.TOO_SLOW}),
        # It has begun with more than that.
        (WORD, Limits(memory_bytes=MEBIBYTE), {Refusal.TOO_MUCH_MEMORY, Refusal.BROKEN, Refusal.CRASHED}),
        (hwp(bytes(60 * MEBIBYTE)), Limits(memory_bytes=100 * MEBIBYTE), {Refusal.TOO_MUCH_MEMORY}),
    ],
    ids=["size", "CPU", "time", "memory from the start", "memory"],
)
def test_a_file_that_takes_too_much_is_refused(data: bytes, limits: Limits, whys: set[Refusal]) -> None:
    assert refusal(data, limits) in whys


CONFINED = """
import json, os, socket
from chorus_documents.confinement import confine
from chorus_documents.limits import Limits
confine(Limits())
results = {}
for name, attempt in {
    "file": lambda: open("/etc/hostname"),
    "connection": lambda: socket.socket(),
    "pipe": lambda: os.pipe(),
    "memory": lambda: bytearray(600 * 1024 * 1024),
}.items():
    try:
        attempt()
        results[name] = "done"
    except (OSError, MemoryError) as error:
        results[name] = type(error).__name__
print(json.dumps(results))
"""


def test_what_parses_can_open_nothing() -> None:
    command = (sys.executable, "-c", CONFINED)
    ran = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - our own program
    assert json.loads(ran.stdout) == {
        "file": "OSError",
        "connection": "OSError",
        "pipe": "OSError",
        "memory": "MemoryError",
    }


def test_a_folder_cannot_bring_its_own_parser(tmp_path: Path) -> None:
    (tmp_path / "zipfile.py").write_text("raise SystemExit(3)", "utf-8")
    program = (
        "import sys; from chorus_documents.reader import read; print(read(sys.stdin.buffer.read()).text)"
    )
    command = (sys.executable, "-P", "-c", program)
    ran = subprocess.run(  # noqa: S603 - our own program
        command, input=WORD, cwd=tmp_path, capture_output=True, check=True
    )
    assert ran.stdout == b"Hello\n"
