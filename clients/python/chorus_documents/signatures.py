"""Tells by its first bytes what a file is that is no plain text."""

import re
from enum import Enum

from chorus_documents.document import Refusal, UnreadableDocument


class Container(Enum):
    """What has to be parsed; the value matches its first bytes."""

    # docx and hwpx
    ZIP = re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)")
    # hwp, and what Word wrote until 2003
    COMPOUND_FILE = re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    PDF = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,64}%PDF-\d")


_REFUSED = (
    (re.compile(rb"\{\\rtf"), Refusal.RTF),
    (re.compile(rb"HWP Document File V[1-4]\."), Refusal.OLD_HANGUL),
    (
        re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|BM....\0\0\0\0", re.DOTALL),
        Refusal.IMAGE,
    ),
    (re.compile(rb"RIFF....WEBP|....ftyp(?:hei[cfsmx]|hev[cx]|mif1|msf1|avif)", re.DOTALL), Refusal.IMAGE),
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|\xfd7zXZ\0|\x28\xb5\x2f\xfd"), Refusal.ARCHIVE),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)|EGGA\x00\x01|ALZ\x01"), Refusal.ARCHIVE),
    (re.compile(rb".{257}ustar", re.DOTALL), Refusal.ARCHIVE),
    (re.compile(rb"\x7fELF|MZ.{0,1000}\0|OggS|ID3[\2-\4]|RIFF....WAVE|%!PS-", re.DOTALL), Refusal.NOT_TEXT),
)
_BLANK = r"\s{0,1000}"
_PAGE = r"<(?:!doctype\s+html|html|head|body)\b"
# What begins with one of these tags is cut out of a page.
_PART_OF_PAGE = r"<(?:p|div|span|table|ul|ol|h[1-6]|section|article|meta|style|script)(?:\s[^<>]{0,1000})?>"
_MARKUP = (
    (
        re.compile(rf"{_BLANK}(?:<(?:!--|\?xml).{{0,1000}}?>{_BLANK})?{_PAGE}", re.IGNORECASE | re.DOTALL),
        Refusal.HTML,
    ),
    (re.compile(rf"{_BLANK}{_PART_OF_PAGE}", re.IGNORECASE), Refusal.HTML),
    # A page in one file, as browsers and Word save it.
    (
        re.compile(rf"{_BLANK}(?:[A-Z][\w-]{{0,40}}:[^\n]{{0,500}}\n){{0,8}}MIME-Version:", re.IGNORECASE),
        Refusal.HTML,
    ),
    (re.compile(rf"{_BLANK}<\?xml\s"), Refusal.XML),
    (re.compile(rf"{_BLANK}\{{\\rtf"), Refusal.RTF),
    # It names a document of Google's, whose text is elsewhere.
    (re.compile(rf'{_BLANK}\{{"[^{{}}]{{0,1000}}"(?:doc_id|resource_key)":'), Refusal.NOT_TEXT),
)


def container(data: bytes) -> Container | None:
    """Returns what has to be parsed; None: the file may be plain text.

    Raises:
        UnreadableDocument: It is of a kind that is not read.
    """
    for pattern, refusal in _REFUSED:
        if pattern.match(data):
            raise UnreadableDocument(refusal)
    return next((each for each in Container if each.value.match(data)), None)


def refuse_markup(text: str) -> None:
    """Refuses a text that is the source of a page.

    Raises:
        UnreadableDocument: It begins as HTML, XML or RTF does, or only names a document.
    """
    for pattern, refusal in _MARKUP:
        if pattern.match(text):
            raise UnreadableDocument(refusal)
