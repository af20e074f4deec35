import codecs

import pytest

from chorus_documents.document import Refusal, UnreadableDocument
from chorus_documents.reader import read
from tests.unit.documents.written_files import archive, compound


def refusal(data: bytes) -> Refusal:
    with pytest.raises(UnreadableDocument) as caught:
        read(data)
    return caught.value.refusal


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (rb"{\rtf1\ansi Hello}", Refusal.RTF),
        (b"<!DOCTYPE html>\n<p>Hello", Refusal.HTML),
        (codecs.BOM_UTF8 + b"\n <HTML><body>", Refusal.HTML),
        ('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'.encode("utf-16"), Refusal.HTML),
        (b"<!-- saved -->\n<html>", Refusal.HTML),
        (b'<?xml version="1.0"?><HWPML Version="2.8">', Refusal.XML),
        (b"HWP Document File V3.00 \x1a\1\2\3", Refusal.OLD_HANGUL),
        (b"\x89PNG\r\n\x1a\n\0", Refusal.IMAGE),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Refusal.IMAGE),
        (b"GIF89a\1\0", Refusal.IMAGE),
        (b"BM\x10\0\0\0\0\0\0\0\x36", Refusal.IMAGE),
        (b"RIFF\1\2\3\4WEBPVP8 ", Refusal.IMAGE),
        (b"\0\0\0\x18ftypheic", Refusal.IMAGE),
        (b"\x1f\x8b\x08\0", Refusal.ARCHIVE),
        (b"7z\xbc\xaf\x27\x1c\0", Refusal.ARCHIVE),
        (b"Rar!\x1a\x07\1\0", Refusal.ARCHIVE),
        (b"EGGA\0\1", Refusal.ARCHIVE),
        (b"a.txt".ljust(257, b"\0") + b"ustar\x0000", Refusal.ARCHIVE),
        (b"\x7fELF\2\1\1\0", Refusal.NOT_TEXT),
        (b"MZ\x90\0\3\0", Refusal.NOT_TEXT),
    ],
)
def test_its_first_bytes_say_why_a_file_is_refused(data: bytes, why: Refusal) -> None:
    assert refusal(data) is why


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (archive({"a.txt": "Hello"}), Refusal.ARCHIVE),
        (archive({"[Content_Types].xml": "", "xl/workbook.xml": ""}), Refusal.OTHER_OFFICE),
        (
            archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}),
            Refusal.OPEN_DOCUMENT,
        ),
        (compound({"WordDocument": b"1"}), Refusal.OLD_WORD),
        (compound({"EncryptedPackage": b"1"}), Refusal.PROTECTED),
        (compound({"Workbook": b"1"}), Refusal.OTHER_OFFICE),
        (compound({"Something": b"1"}), Refusal.NOT_TEXT),
    ],
    ids=lambda value: value.name if isinstance(value, Refusal) else "",
)
def test_what_lies_in_it_says_why_a_container_is_refused(data: bytes, why: Refusal) -> None:
    assert refusal(data) is why


@pytest.mark.parametrize(
    "text",
    ["BMW builds cars.", "MZ is a county code.", "GIF files are big.", "a < b <html> c", "PK", "EGGAR"],
)
def test_a_text_may_begin_as_something_else_nearly_does(text: str) -> None:
    assert read(text.encode()).text == text
