"""Comments in docx files, read back by the XML alone."""

import io
from collections.abc import Sequence
from zipfile import ZipFile

import docx as python_docx
import pytest

from chorus_documents.archive import Archive
from chorus_documents.document import Format, Refusal, UnreadableDocument
from chorus_documents.docx import docx as read_docx
from chorus_documents.limits import Limits
from chorus_documents.writing import docx_comments
from chorus_documents.writing.process import commented
from chorus_documents.writing.returned_work import Labels, Note, Remark, ReturnedWork, Score
from tests.unit.documents.commented_words import comment_texts, commented_words
from tests.unit.documents.written_files import docx

LIMITS = Limits()
LABELS = Labels("en", *("" for _ in range(12)))
MATHS = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
RUN = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
BOLD = "<w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'>{}</w:t></w:r>"


def paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def work(text: str, *quotes: str, scores: Sequence[Score] = ()) -> ReturnedWork:
    notes = [
        Note("Point", text.index(each), text.index(each) + len(each), each, [Remark("", each)])
        for each in quotes
    ]
    return ReturnedWork("Essay", "kim", text, notes, scores, LABELS)


def text_of(data: bytes) -> str:
    """Reads a file without a process of its own, which takes a while to start."""
    return read_docx(Archive(data, LIMITS.unpacked_bytes), LIMITS).text


def with_comments(data: bytes, *quotes: str) -> bytes:
    text = text_of(data)
    written = docx_comments.with_comments(data, work(text, *quotes), LIMITS)
    assert text_of(written) == text
    # Another reader finds it whole.
    python_docx.Document(io.BytesIO(written))
    return written


LINKED = f"<w:hyperlink>{RUN.format('a link here')}</w:hyperlink>"
DELETED = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
HIDDEN = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
BROKEN_UP = "<w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>"
CELL = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
TABLE = f"<w:tbl><w:tr>{CELL.format('left cell')}{CELL.format('right cell')}</w:tr></w:tbl>"
FORMULA = f"<m:oMath {MATHS}><m:r><m:t>x+y</m:t></m:r></m:oMath>"
BOX = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"


@pytest.mark.parametrize(
    ("body", "quotes"),
    [
        (paragraph(RUN.format("I like school gardens.")), ["school"]),
        (paragraph(RUN.format("I like school gardens.")), ["I like school gardens."]),
        (paragraph(RUN.format("I like school gardens.")), ["I", "gardens."]),
        (paragraph(RUN.format("I like "), BOLD.format("school"), RUN.format(" go")), ["ke sch", "ool g"]),
        (paragraph(RUN.format("나는 학교 "), BOLD.format("도서관을 연다.")), ["학교 도서관", "관을"]),
        (paragraph(RUN.format("one two three")), ["two", "two three", "one two", "two"]),
        (paragraph(RUN.format("a😀b𝒞c")), ["😀", "𝒞c"]),
        (paragraph(RUN.format("one")) + paragraph(RUN.format("two")), ["one\n\ntwo", "wo"]),
        (TABLE, ["cell\tright", "right"]),
        (paragraph(BROKEN_UP), ["e\ttw", "o\nth", "three", "two"]),
        (paragraph(LINKED), ["link"]),
        (paragraph(RUN.format("old "), f"<w:ins>{RUN.format('added')}</w:ins>", DELETED), ["ld add", "ded"]),
        (paragraph(HIDDEN, RUN.format("shown words")), ["words"]),
    ],
)
def test_each_comment_stands_on_exactly_its_words(body: str, quotes: list[str]) -> None:
    words = commented_words(with_comments(docx(body), *quotes))
    # What parts the cells and the paragraphs of a file is no character in it.
    assert words == [each.replace("cell\t", "cell").replace("\n\n", "") for each in quotes]


def test_formatting_stays_on_its_letters() -> None:
    written = with_comments(docx(paragraph(RUN.format("I "), BOLD.format("like dogs"))), "I like", "dogs")
    runs = python_docx.Document(io.BytesIO(written)).paragraphs[0].runs
    bold = "".join(run.text for run in runs if run.bold)
    assert bold == "like dogs"


def test_a_note_that_is_referred_to_is_no_place_for_a_comment() -> None:
    body = paragraph(RUN.format("Dogs"), "<w:r><w:footnoteReference w:id='1'/></w:r>", RUN.format(" bark."))
    notes = "<w:footnote w:id='1'><w:p><w:r><w:t>As Kim says.</w:t></w:r></w:p></w:footnote>"
    data = docx(body, footnotes=notes)
    assert text_of(data) == "Dogs[1] bark.\n\n[1] As Kim says."
    words = commented_words(with_comments(data, "As Kim", "bark", "Dogs[1] bark"))
    # It goes to the first line.
    assert words == ["Dogs bark.", "bark", "Dogs bark"]


@pytest.mark.parametrize(
    ("body", "quote", "within"),
    [
        (paragraph(RUN.format("See "), FORMULA, RUN.format(".")), "x+", "x+y"),
        (paragraph(RUN.format("Before"), BOX), "a box", "in a box"),
    ],
)
def test_where_word_allows_no_comment_it_stands_around(body: str, quote: str, within: str) -> None:
    assert commented_words(with_comments(docx(body), quote)) == [within]


def test_comments_that_are_there_stay() -> None:
    document = python_docx.Document()
    run = document.add_paragraph().add_run("Dogs are loud.")
    document.add_comment(run, "An old one", author="lee")
    written = io.BytesIO()
    document.save(written)
    data = with_comments(written.getvalue(), "are")
    assert commented_words(data) == ["Dogs are loud.", "are"]
    assert [each.split("\n")[0] for each in comment_texts(data)] == ["An old one", "Point"]


def test_what_is_about_the_whole_and_the_scores_go_to_the_first_line() -> None:
    data = docx(paragraph(RUN.format("A title")) + paragraph(RUN.format("Some text.")))
    whole = Note("Praise", None, None, "", [Remark("Why", "because")])
    scores = [Score("Claim", "4", "1–5", "clear")]
    returned = ReturnedWork("Essay", "kim", text_of(data), [whole], scores, LABELS)
    written = commented(returned, Format.DOCX, data)
    assert commented_words(written) == ["A title", "A title"]
    said = comment_texts(written)
    assert "Why: because" in said[0]
    assert "Claim: 4 (1–5) - clear" in said[1]


def test_what_a_comment_says_is_text() -> None:
    hostile = "<w:p/> & ]]> \0\x1b[2J \u202e \ufffe"
    note = Note(hostile, 0, 4, "Dogs", [Remark("", hostile)])
    returned = ReturnedWork("Essay", hostile, "Dogs bark.", [note], [], LABELS)
    (said,) = comment_texts(commented(returned, Format.DOCX, docx(paragraph(RUN.format("Dogs bark.")))))
    assert "<w:p/> & ]]> <U+0000>" in said


def test_a_text_without_a_file_becomes_one() -> None:
    text = "Dogs\x0b bark.\n\n  I like\tcats.\r\n나는 새가 좋다."
    quotes = ["like\tcats", "새가 좋다", "bark.\n\n  I"]
    written = commented(work(text, *quotes), Format.DOCX)
    assert commented_words(written) == ["like cats", "새가 좋다", "bark.  I"]
    with ZipFile(io.BytesIO(written)) as file:
        assert file.testzip() is None


@pytest.mark.parametrize("data", [b"PK\3\4 nonsense", docx("<w:p/>"), docx("<w:p><w:r>"), b"nothing"])
def test_a_file_that_cannot_be_written_into_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        commented(work("Dogs", "Dogs"), Format.DOCX, data)


def test_a_bomb_ends_its_process_alone() -> None:
    bomb = docx(paragraph(RUN.format("Dogs")) + "<w:p><w:r><w:t/></w:r></w:p>" * 1_000_000)
    with pytest.raises(UnreadableDocument) as caught:
        commented(work("Dogs", "Dogs"), Format.DOCX, bomb, Limits(cpu_seconds=2))
    assert caught.value.refusal is Refusal.TOO_SLOW
