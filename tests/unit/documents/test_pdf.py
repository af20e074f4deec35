import pytest

from chorus_documents.document import Format, Refusal, Remark, UnreadableDocument
from chorus_documents.limits import Limits
from chorus_documents.reader import read
from tests.unit.documents.written_files import pdf

LINES = frozenset({Remark.LINES_OF_THE_PAGE})


def test_the_lines_of_all_pages_become_text() -> None:
    document = read(pdf(["A garden helps.", "We need beans."], ["The end."]))
    assert document.text == "A garden helps.\nWe need beans.\n\nThe end."
    assert (document.format, document.remarks) == (Format.PDF, LINES)


def test_pages_without_text_are_said() -> None:
    document = read(pdf([], ["The end."]))
    assert document.text == "The end."
    assert document.remarks == LINES | {Remark.PAGES_WITHOUT_TEXT}


def test_a_wrong_count_of_pages_is_not_believed() -> None:
    assert read(pdf(["A"]).replace(b"/Count 1", b"/Count 99999999")).text == "A"


# The tree of its pages has itself for a child.
CIRCLE = pdf(["A"]).replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]")


@pytest.mark.parametrize(
    ("file", "limits", "whys"),
    [
        (pdf([], []), Limits(), {Refusal.NO_TEXT_IN_PDF}),
        (pdf(["a" * 101]), Limits(text_characters=100), {Refusal.TOO_LONG}),
        (b"%PDF-1.7 and no more", Limits(), {Refusal.BROKEN}),
        (CIRCLE, Limits(), {Refusal.BROKEN, Refusal.NO_TEXT_IN_PDF}),
    ],
    ids=["no text", "text", "broken", "circle"],
)
def test_what_cannot_be_read_is_refused(file: bytes, limits: Limits, whys: set[Refusal]) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(file, limits)
    assert caught.value.refusal in whys
