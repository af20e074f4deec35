import codecs

import pytest

from chorus_documents.document import Refusal, Remark, UnreadableDocument
from chorus_documents.reader import read

KOREAN = "학교에 정원이 필요합니다.\r\n콩을 심자.\n"


@pytest.mark.parametrize(
    ("data", "text", "remarks"),
    [
        (b"one\r\ntwo\n", "one\r\ntwo\n", set()),
        (b"", "", set()),
        (KOREAN.encode(), KOREAN, set()),
        (codecs.BOM_UTF8 + KOREAN.encode(), KOREAN, set()),
        (KOREAN.encode("utf-16"), KOREAN, {Remark.READ_AS_UTF_16}),
        (codecs.BOM_UTF16_BE + KOREAN.encode("utf-16-be"), KOREAN, {Remark.READ_AS_UTF_16}),
        (KOREAN.encode("euc_kr"), KOREAN, {Remark.READ_AS_CP949}),
        (
            "똠방각하와 펲시콜라를 썼다.".encode("cp949"),
            "똠방각하와 펲시콜라를 썼다.",
            {Remark.READ_AS_CP949},
        ),
        ("Un café déjà là.".encode("cp1252"), "Un café déjà là.", {Remark.READ_AS_CP1252}),
        # Each of these high bytes and the letter behind it are a syllable in CP949.
        (b"It\x92s what they don\x92t say.", "It’s what they don’t say.", {Remark.READ_AS_CP1252}),
        ("Þá er það góð bók.".encode("cp1252"), "Þá er það góð bók.", {Remark.READ_AS_CP1252}),
        ("A “garden” – for €5".encode("cp1252"), "A “garden” – for €5", {Remark.READ_AS_CP1252}),
    ],
)
def test_a_text_is_decoded_by_a_strict_order_of_trials(data: bytes, text: str, remarks: set[Remark]) -> None:
    document = read(data)
    assert document.text == text
    assert document.remarks == remarks


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + b"ab\xff",
        "한글".encode("utf-16") + b"\0",
        "한글".encode("utf-16-le"),
        "Latin".encode("utf-16-le"),
        "한글".encode("utf-32"),
        b"\xff\xfe\x00\xd8",
        b"text and \0",
        KOREAN.encode("cp949") + b"\x01",
        b"caf\xe9 \x81",
        bytes(range(256)),
        "Вчера мы ходили в музей.".encode("cp1251"),
        # Cut within a letter, so that no pair of bytes is the right one.
        ("어제 박물관에 갔다. " * 3).encode("cp949")[1:],
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(data)
    assert caught.value.refusal is Refusal.NOT_TEXT
