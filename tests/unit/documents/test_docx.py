import pytest

from chorus_documents.document import Refusal, Remark, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS, Limits
from chorus_documents.zipped import zipped
from tests.unit.documents.written_files import archive, docx


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def cell(*paragraphs: str) -> str:
    return f"<w:tc>{''.join(paragraphs)}</w:tc>"


BOX = f"<w:txbxContent>{paragraph(run('In a box'))}</w:txbxContent>"
COMPATIBILITY = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
BOX_IN_TWO_WAYS = (
    f"<mc:AlternateContent {COMPATIBILITY}><mc:Choice>{BOX}</mc:Choice>"
    f"<mc:Fallback>{BOX}</mc:Fallback></mc:AlternateContent>"
)
DELETED_ROW = f"<w:tr><w:trPr><w:del/></w:trPr>{cell(paragraph(run('gone')))}</w:tr>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (paragraph(run("One ") + run("two")) + paragraph() + paragraph(run("three")), "One two\n\nthree"),
        (paragraph("<w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r>"), "a\nb\tc"),
        (paragraph(run("한글"), properties='<w:tabs><w:tab w:val="left"/></w:tabs>'), "한글"),
        (paragraph("<w:ins>", run("kept"), "</w:ins>"), "kept"),
        (paragraph('<w:hyperlink w:anchor="a">', run("linked"), "</w:hyperlink>"), "linked"),
        (paragraph("<w:r><w:instrText>PAGE</w:instrText></w:r>", run("seen")), "seen"),
        (
            f"<w:tbl><w:tr>{cell(paragraph(run('a')))}{cell(paragraph(run('b')), paragraph(run('c')))}</w:tr>"
            f"<w:tr>{cell(paragraph(run('d')))}{cell(paragraph())}</w:tr></w:tbl>" + paragraph(run("e")),
            "a\tb\nc\nd\t\n\ne",
        ),
        (
            f"<w:tbl><w:tr>{cell(paragraph(run('framed')), paragraph(run('text')))}</w:tr></w:tbl>",
            "framed\n\ntext",
        ),
        (
            paragraph(run("a"), f"<w:r>{BOX_IN_TWO_WAYS}</w:r>", run("b")),
            "ab\n\nIn a box",
        ),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
            + paragraph(run("Click here"))
            + "</w:sdtContent></w:sdt>"
            + paragraph(run("text")),
            "text",
        ),
    ],
)
def test_paragraphs_lines_tables_and_boxes_become_text(body: str, text: str) -> None:
    document = zipped(docx(body), DEFAULT_LIMITS)
    assert document.text == text
    assert document.remarks == set()


DELETED = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (paragraph(run("a "), DELETED, run("b")), "a b"),
        (
            paragraph("<w:moveFrom>", run("here"), "</w:moveFrom><w:moveTo>", run("there"), "</w:moveTo>"),
            "there",
        ),
        (
            f"<w:tbl>{DELETED_ROW}<w:tr>{cell(paragraph(run('kept')))}</w:tr></w:tbl>",
            "kept",
        ),
    ],
)
def test_what_tracked_changes_delete_is_left_out_and_said(body: str, text: str) -> None:
    document = zipped(docx(body), DEFAULT_LIMITS)
    assert document.text == text
    assert document.remarks == {Remark.DELETIONS_LEFT_OUT}


def test_a_paragraph_whose_mark_was_deleted_goes_on_with_the_next_one() -> None:
    body = paragraph(run("One "), properties="<w:rPr><w:del/></w:rPr>") + paragraph(run("sentence."))
    assert zipped(docx(body), DEFAULT_LIMITS).text == "One sentence."
    body = paragraph(run("The last"), properties="<w:rPr><w:del/></w:rPr>")
    assert zipped(docx(body), DEFAULT_LIMITS).text == "The last"


STYLES = (
    '<w:style w:styleId="Secret"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Deeper"><w:basedOn w:val="Secret"/></w:style>'
    '<w:style w:styleId="Circle"><w:basedOn w:val="Circle"/></w:style>'
)


@pytest.mark.parametrize(
    "hidden",
    [
        run("hidden", "<w:vanish/>"),
        run("hidden", '<w:vanish w:val="true"/>'),
        run("hidden", '<w:rStyle w:val="Secret"/>'),
        run("hidden", '<w:rStyle w:val="Deeper"/>'),
    ],
)
def test_hidden_text_is_left_out_and_said(hidden: str) -> None:
    document = zipped(docx(paragraph(run("seen"), hidden), styles=STYLES), DEFAULT_LIMITS)
    assert document.text == "seen"
    assert document.remarks == {Remark.HIDDEN_TEXT_LEFT_OUT}


@pytest.mark.parametrize(
    "shown",
    [
        run("seen", '<w:vanish w:val="0"/>'),
        run("seen", '<w:rStyle w:val="Circle"/>'),
        run("seen", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>"),
    ],
)
def test_text_that_is_hidden_no_more_stays(shown: str) -> None:
    document = zipped(docx(paragraph(shown), styles=STYLES), DEFAULT_LIMITS)
    assert document.text == "seen"
    assert document.remarks == set()


def test_a_note_follows_the_paragraph_that_refers_to_it_once() -> None:
    notes = f'<w:footnote w:id="2">{paragraph(run("See there."))}</w:footnote>'
    reference = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = paragraph(run("A claim"), reference, run(".")) + paragraph(run("More."), reference)
    assert (
        zipped(docx(body, footnotes=notes), DEFAULT_LIMITS).text == "A claim[1].\n\n[1] See there.\n\nMore."
    )


ENTITIES = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize(
    ("file", "limits", "why"),
    [
        (docx(paragraph(run("&b;&c;")), prologue=ENTITIES), DEFAULT_LIMITS, Refusal.BROKEN),
        (docx("<w:p>" * 5000 + "</w:p>" * 5000), DEFAULT_LIMITS, Refusal.BROKEN),
        (docx(paragraph(run("a" * 101))), Limits(text_characters=100), Refusal.TOO_LONG),
        (docx(paragraph(run(" " * 1_000_000))), Limits(unpacked_bytes=500_000), Refusal.TOO_LARGE_UNPACKED),
        (
            archive({f"word/{number}": "" for number in range(10_001)}),
            DEFAULT_LIMITS,
            Refusal.TOO_LARGE_UNPACKED,
        ),
    ],
    ids=["entities", "depth", "text", "unpacked", "parts"],
)
def test_a_hostile_file_is_refused(file: bytes, limits: Limits, why: Refusal) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        zipped(file, limits)
    assert caught.value.refusal is why
