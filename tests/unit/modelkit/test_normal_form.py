import sys
import unicodedata
from typing import Literal

import pytest

from modelkit.normal_form import normal_form
from tests.linear_time import check_growth

FORMS: tuple[Literal["NFC", "NFKC"], ...] = ("NFC", "NFKC")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "unit", ["\u0301\u0323", "\u0301\uff9e", "e\u0345\u0327\u0301", "\uff76\uff9e\u3099\u0301"]
)
def test_marks_in_a_row_are_put_in_order_in_time_that_grows_with_their_number(
    form: Literal["NFC", "NFKC"], unit: str
) -> None:
    check_growth(lambda text: normal_form(form, text), lambda length: (unit * length)[:length])


@pytest.mark.parametrize("form", FORMS)
def test_what_people_write_has_the_form_that_unicode_says(form: Literal["NFC", "NFKC"]) -> None:
    for text in ("Cafe\u0301 ① ﬁ", "ㅋㅋㅠ ｶﾞ 가\u11a8", "Za\u0323\u0301", "a" + "\u0301\u0323" * 32):
        assert normal_form(form, text) == unicodedata.normalize(form, text)


def test_whatever_begins_with_a_mark_is_bounded() -> None:
    kept = 64
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if "\ud800" <= character <= "\udfff":
            continue
        if unicodedata.combining(unicodedata.normalize("NFKD", character)[0]):
            row = normal_form("NFC", character * 100)
            assert len(row) <= kept * len(unicodedata.normalize("NFC", character)), hex(code)
