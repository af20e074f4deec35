"""Memos in hwpx files, read back by the XML alone and by a library that did not write them."""

import io
from zipfile import ZIP_STORED, ZipFile

import pytest
from hwpx.document import HwpxDocument

from chorus_documents.archive import Archive
from chorus_documents.document import Format, UnreadableDocument
from chorus_documents.hwpx import hwpx as read_hwpx
from chorus_documents.limits import Limits
from chorus_documents.writing import hwpx_memos
from chorus_documents.writing.process import commented
from chorus_documents.writing.returned_work import Labels, Note, Remark, ReturnedWork, Score
from tests.unit.documents.memo_words import memo_words
from tests.unit.documents.written_files import hwpx

LIMITS = Limits()
LABELS = Labels("ko", *("" for _ in range(12)))
RUN = "<hp:run charPrIDRef='{}'><hp:t>{}</hp:t></hp:run>"


def paragraph(*texts: str) -> str:
    runs = "".join(RUN.format(number, text) for number, text in enumerate(texts))
    return f"<hp:p>{runs}<hp:linesegarray><hp:lineseg/></hp:linesegarray></hp:p>"


def text_of(data: bytes) -> str:
    return read_hwpx(Archive(data, LIMITS.unpacked_bytes), LIMITS).text


def work(text: str, *quotes: str) -> ReturnedWork:
    notes = [
        Note(
            "고칠 점",
            text.index(each),
            text.index(each) + len(each),
            each,
            [Remark("", f"{each}!".replace("\n", ""))],
        )
        for each in quotes
    ]
    return ReturnedWork("글", "kim", text, notes, [], LABELS)


def with_memos(data: bytes, *quotes: str) -> bytes:
    text = text_of(data)
    written = hwpx_memos.with_memos(data, work(text, *quotes), LIMITS)
    assert text_of(written) == text
    return written


@pytest.mark.parametrize(
    ("section", "quotes"),
    [
        (paragraph("나는 학교 도서관을 좋아한다."), ["학교"]),
        (paragraph("나는 학교 도서관을 좋아한다."), ["나는 학교 도서관을 좋아한다."]),
        (paragraph("나는 ", "학교 도서", "관을 좋아한다."), ["학교 도서관", "관", "나는"]),
        (paragraph("one two three"), ["two three", "two", "three", "one"]),
        (paragraph("a😀b"), ["😀"]),
        (paragraph("one<hp:tab/>two<hp:lineBreak/>three"), ["ne\ttw", "o\nth", "ree"]),
        (paragraph("first") + paragraph("second"), ["econ", "rst"]),
    ],
)
def test_each_memo_stands_on_exactly_its_words(section: str, quotes: list[str]) -> None:
    found = memo_words(with_memos(hwpx(section), *quotes))
    # A tab and the end of a line are no characters of the file.
    assert found == {
        f"{each}!".replace("\n", ""): each.replace("\t", "").replace("\n", "") for each in quotes
    }


def test_memos_do_not_overlap_and_end_with_their_paragraph() -> None:
    data = hwpx(paragraph("one two three") + paragraph("four"))
    found = memo_words(with_memos(data, "one two", "two three", "three\n\nfour"))
    assert found == {"one two!": "one two", "two three!": "two", "threefour!": "three"}


def test_the_layout_that_was_is_forgotten_where_a_memo_comes_in() -> None:
    written = with_memos(hwpx(paragraph("one") + paragraph("two")), "two")
    with ZipFile(io.BytesIO(written)) as file:
        assert file.read("Contents/section0.xml").count(b"<hp:linesegarray>") == 1


def test_every_section_and_what_is_beside_them_is_kept() -> None:
    data = hwpx(paragraph("one"), paragraph("two"))
    written = with_memos(data, "two", "one")
    assert memo_words(written) == {"two!": "two", "one!": "one"}
    with ZipFile(io.BytesIO(data)) as before, ZipFile(io.BytesIO(written)) as after:
        assert after.namelist() == before.namelist()
        assert after.read("mimetype") == before.read("mimetype")


def test_another_library_finds_the_memos() -> None:
    document = HwpxDocument.new()
    document.add_paragraph("나는 학교 도서관을 좋아한다.")
    first = document.paragraphs[-1]
    document.notes.add_memo("예전 메모", anchor=first)
    data = document.to_bytes()
    written = with_memos(data, "학교", "도서관")
    found = HwpxDocument.open(io.BytesIO(written))
    assert [memo.text.split("\n")[-1] for memo in found.notes.memos] == ["예전 메모", "학교!", "도서관!"]
    numbers = {
        field.get("zorder")
        for field in found.sections[0].element.iter()
        if str(field.tag).endswith("}fieldBegin") and field.get("type") == "MEMO"
    }
    assert len(numbers) == 3
    with ZipFile(io.BytesIO(written)) as file:
        assert file.infolist()[0].filename == "mimetype"
        assert file.infolist()[0].compress_type == ZIP_STORED


def test_the_scores_and_what_is_about_the_whole_go_to_the_first_line() -> None:
    data = hwpx(paragraph("A title") + paragraph("Some text."))
    whole = Note("Praise", None, None, "", [Remark("", "whole")])
    returned = ReturnedWork("글", "kim", text_of(data), [whole], [Score("Claim", "4", "1–5", "")], LABELS)
    found = memo_words(commented(returned, Format.HWPX, data))
    assert found == {"whole": "A title", "Claim: 4 (1–5)": "A title"}


@pytest.mark.parametrize("data", [b"PK\3\4 nonsense", hwpx("<hp:p/>"), hwpx("<hp:p>")])
def test_a_file_that_cannot_be_written_into_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        commented(work("Dogs", "Dogs"), Format.HWPX, data)
