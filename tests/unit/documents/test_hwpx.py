import pytest

from chorus_documents.document import Refusal, Remark, UnreadableDocument
from chorus_documents.limits import DEFAULT_LIMITS
from chorus_documents.zipped import zipped
from tests.unit.documents.written_files import hwpx


def paragraph(*content: str) -> str:
    return f"<hp:p>{''.join(f'<hp:run>{each}</hp:run>' for each in content)}</hp:p>"


def words(text: str) -> str:
    return f"<hp:t>{text}</hp:t>"


def inside(name: str, text: str) -> str:
    return f"<hp:{name}><hp:subList>{paragraph(words(text))}</hp:subList></hp:{name}>"


def row(*cells: str) -> str:
    return f"<hp:tr>{''.join(inside('tc', each) for each in cells)}</hp:tr>"


@pytest.mark.parametrize(
    ("section", "text"),
    [
        (paragraph(words("하나 "), words("둘")) + paragraph() + paragraph(words("셋")), "하나 둘\n\n셋"),
        (paragraph(words('가<hp:lineBreak/>나<hp:tab width="4000"/>다<hp:nbSpace/>라')), "가\n나\t다\xa0라"),
        (paragraph(words('<hp:markpenBegin color="#FFFF00"/>칠한<hp:markpenEnd/> 글')), "칠한 글"),
        (
            paragraph(
                words("표:"),
                f"<hp:tbl>{row('가', '나')}{row('다')}</hp:tbl>",
            ),
            "표:\n\n가\t나\n다",
        ),
        (
            paragraph(words("주장"), f"<hp:ctrl>{inside('footNote', '근거')}</hp:ctrl>", words("이다.")),
            "주장[1]이다.\n\n[1] 근거",
        ),
        (paragraph(f"<hp:rect>{inside('drawText', '글상자')}</hp:rect>", words("본문")), "본문\n\n글상자"),
        (
            paragraph(
                *(
                    f"<hp:ctrl>{inside(name, '아니다')}</hp:ctrl>"
                    for name in ("header", "footer", "hiddenComment", "fieldBegin")
                ),
                words("본문"),
            ),
            "본문",
        ),
    ],
)
def test_paragraphs_lines_tables_notes_and_boxes_become_text(section: str, text: str) -> None:
    document = zipped(hwpx(section), DEFAULT_LIMITS)
    assert document.text == text
    assert document.remarks == set()


def test_sections_come_by_their_numbers() -> None:
    sections = [paragraph(words(str(number))) for number in range(11)]
    assert zipped(hwpx(*sections), DEFAULT_LIMITS).text == "\n\n".join(map(str, range(11)))


def test_what_tracked_changes_delete_is_left_out_and_said() -> None:
    deleted = words(
        '가<hp:deleteBegin Id="1"/>나<hp:deleteEnd Id="1"/><hp:insertBegin Id="2"/>다<hp:insertEnd Id="2"/>'
    )
    document = zipped(hwpx(paragraph(deleted)), DEFAULT_LIMITS)
    assert document.text == "가다"
    assert document.remarks == {Remark.DELETIONS_LEFT_OUT}


def test_an_encrypted_file_is_refused() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        zipped(hwpx(paragraph(), manifest="<manifest><encryption-data/></manifest>"), DEFAULT_LIMITS)
    assert caught.value.refusal is Refusal.PROTECTED
