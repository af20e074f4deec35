import unicodedata

import pytest

from chorus_command_line.english import ENGLISH
from chorus_command_line.korean import KOREAN
from chorus_command_line.language import words_for
from chorus_command_line.words import Words
from tests.unit.command_line.messages import ENGLISH_TEXT, KOREAN_TEXT


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        ("ko", ENGLISH_TEXT, KOREAN),
        ("ko-KR", "", KOREAN),
        ("en", KOREAN_TEXT, ENGLISH),
        ("kok", "", ENGLISH),
        ("", KOREAN_TEXT, KOREAN),
        ("", unicodedata.normalize("NFD", KOREAN_TEXT), KOREAN),
        ("", "나는 library가 정말 좋다", KOREAN),
        ("", "He said 네 once and then went on in English for the rest of it.", ENGLISH),
        ("", ENGLISH_TEXT, ENGLISH),
        ("", "12 + 3", ENGLISH),
        ("", "", ENGLISH),
    ],
)
def test_the_words_are_the_languages_or_the_texts(code: str, text: str, words: Words) -> None:
    assert words_for(code, text) is words
