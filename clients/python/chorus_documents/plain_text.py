"""Decodes plain text by a strict order of trials."""

import codecs
import re

from chorus_documents.document import Document, Format, Refusal, Remark, UnreadableDocument
from chorus_documents.signatures import refuse_markup

_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What no text in an old encoding holds: controls other than the white space and the end of a DOS file.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")

_FIRST_OF_EUC_KR = 0xA1
# Icelandic, which has the most, has a half at times; what is Cyrillic, Greek or broken Korean has nearly all.
_MOST_BEYOND_ASCII = 0.6


def plain_text(data: bytes) -> Document:
    """Decodes a text: by its byte order mark, else as UTF-8, as CP949, or as Windows-1252; each strictly.

    Line ends stay as they are; a byte order mark is no part of the text.

    Raises:
        UnreadableDocument: It is no text, or the source of a page.
    """
    text, remarks = _decoded(data)
    if "\0" in text:
        raise UnreadableDocument(Refusal.NOT_TEXT)
    refuse_markup(text)
    return Document(text, Format.TEXT, remarks)


def _decoded(data: bytes) -> tuple[str, frozenset[Remark]]:
    if data.startswith(_UTF_16) and not data.startswith(_UTF_32):
        return _strict(data, "utf-16"), frozenset({Remark.READ_AS_UTF_16})
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(), frozenset()
    except UnicodeDecodeError:
        if data.startswith(codecs.BOM_UTF8) or _CONTROLS.search(data):
            raise UnreadableDocument(Refusal.NOT_TEXT) from None
    if (korean := _korean(data)) is not None:
        return korean, frozenset({Remark.READ_AS_CP949})
    return _western(data), frozenset({Remark.READ_AS_CP1252})


def _western(data: bytes) -> str:
    """Decodes Windows-1252, unless so many letters are beyond ASCII that no language of it has them."""
    text = _strict(data, "cp1252")
    letters = [each for each in text if each.isalpha()]
    if _MOST_BEYOND_ASCII * len(letters) < sum(not each.isascii() for each in letters):
        raise UnreadableDocument(Refusal.NOT_TEXT)
    return text


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableDocument(Refusal.NOT_TEXT) from None


def _korean(data: bytes) -> str | None:
    r"""Decodes CP949; None: it is none.

    CP949 gives a meaning to a high byte before a Latin letter, too, as in the "don\x92t" of Windows-1252.
    Korean text uses these syllables now and then; at least half of what is beyond ASCII is in EUC-KR.
    """
    try:
        text = data.decode("cp949")
    except UnicodeDecodeError:
        return None
    pairs = "".join(each for each in text if not each.isascii()).encode("cp949")
    common = sum(min(pair) >= _FIRST_OF_EUC_KR for pair in zip(pairs[::2], pairs[1::2], strict=True))
    return text if 4 * common >= len(pairs) else None
