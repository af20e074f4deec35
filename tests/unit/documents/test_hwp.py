import struct

import pytest

from chorus_documents.compound import compound
from chorus_documents.document import Refusal, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS, Limits
from tests.unit.documents.written_files import control, hwp, paragraph, record


def text(*sections: bytes, properties: int = 1) -> str:
    return compound(hwp(*sections, properties=properties), DEFAULT_LIMITS).text


def containing(*pieces: str | bytes) -> bytes:
    """Returns the head of a paragraph at level 0 with controls in its text."""
    written = b"".join(each.encode("utf-16-le") if isinstance(each, str) else each for each in pieces)
    return record(66, 0, bytes(22)) + record(67, 1, written + b"\r\0")


def head(name: str) -> bytes:
    return record(71, 1, name[::-1].encode("ascii") + bytes(4))


def cell(row: int, *paragraphs: str) -> bytes:
    place = struct.pack("<HIHHH", len(paragraphs), 0, 0, 0, row) + bytes(20)
    return record(72, 2, place) + b"".join(paragraph(each, 2) for each in paragraphs)


LIST = record(72, 2, bytes(8))


@pytest.mark.parametrize("properties", [0, 1])
def test_paragraphs_of_all_sections_become_text(properties: int) -> None:
    sections = [paragraph("안녕하세요. 😀") + paragraph("") + paragraph("둘"), paragraph("셋")]
    assert text(*sections, properties=properties) == "안녕하세요. 😀\n\n둘\n\n셋"


def test_a_long_paragraph_is_read_whole() -> None:
    assert text(paragraph("가" * 5000)) == "가" * 5000


def test_lines_tabs_and_spaces_stay() -> None:
    tab = struct.pack("<H", 9) + bytes(12) + struct.pack("<H", 9)
    assert text(containing("가\n나", tab, "다\x1e라\x1f마\x18바")) == "가\n나\t다\xa0라 마-바"


def test_a_table_becomes_rows_behind_its_paragraph() -> None:
    rows = cell(0, "가") + cell(0, "나", "다") + cell(1, "라")
    caption = LIST + paragraph("표 1", 2)
    table = head("tbl ") + caption + record(77, 2, bytes(20)) + rows
    section = containing("표", control("tbl "), "는") + table + paragraph("끝")
    assert text(section) == "표는\n\n표 1\n가\t나\n다\n라\n\n끝"


def test_a_note_is_numbered_where_it_is_referred_to() -> None:
    note = head("fn  ") + LIST + paragraph("근거", 2)
    assert (
        text(containing("주장", control("fn  "), "이다.") + note + paragraph("끝"))
        == "주장[1]이다.\n\n[1] 근거\n\n끝"
    )


def test_a_box_follows_its_paragraph() -> None:
    box = head("gso ") + record(76, 2, bytes(8)) + record(72, 3, bytes(8)) + paragraph("상자", 3)
    assert text(containing("본문", control("gso ")) + box + paragraph("끝")) == "본문\n\n상자\n\n끝"


def test_headers_hidden_comments_master_pages_and_memos_are_left_out() -> None:
    section = containing("본문", control("head"), control("tcmt"))
    section += head("secd") + LIST + paragraph("바탕쪽", 2)
    section += head("head") + LIST + paragraph("머리말", 2) + head("tcmt") + LIST + paragraph("설명", 2)
    section += paragraph("끝") + record(93, 1, bytes(8)) + record(72, 1, bytes(8)) + paragraph("메모", 1)
    assert text(section) == "본문\n\n끝"


@pytest.mark.parametrize(
    ("file", "limits", "why"),
    [
        (hwp(paragraph(""), properties=2), DEFAULT_LIMITS, Refusal.PROTECTED),
        (hwp(paragraph(""), properties=1 | 1 << 8), DEFAULT_LIMITS, Refusal.PROTECTED),
        (hwp(paragraph(""), properties=1 | 1 << 2), DEFAULT_LIMITS, Refusal.FOR_DISTRIBUTION),
        (hwp(record(67, 1, bytes(100))[:50]), DEFAULT_LIMITS, Refusal.BROKEN),
        (hwp(paragraph("가" * 101)), Limits(text_characters=100), Refusal.TOO_LONG),
        (hwp(bytes(1_000_000)), Limits(unpacked_bytes=500_000), Refusal.TOO_LARGE_UNPACKED),
    ],
    ids=["password", "certificate", "distribution", "cut off", "text", "unpacked"],
)
def test_what_cannot_be_read_is_refused(file: bytes, limits: Limits, why: Refusal) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        compound(file, limits)
    assert caught.value.refusal is why
