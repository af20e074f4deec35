import pytest

from modelkit import language as languages
from modelkit.language import detect_language, primary_subtag

PLAIN_ENGLISH = "They say that the garden would help, and because of that people who agree with this."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("저는 학교에서 English를 배워요.", "ko"),
        ("TCP uses a three way handshake.", "en"),
        ("hello there", "en"),
        ("Ich mag Hunde, weil sie treu sind.", "de"),
        ("私は犬が好きです。", "ja"),
        ("They say that the garden would help, and because of that people who agree with this.", "en"),
        ("Ich las den Roman The Lord of the Rings und dann The Sound and the Fury.", "de"),
        (
            "私は「The Lord of the Rings and the Sound」という本を読みました。とても面白かったです。",
            "ja",
        ),
        ("Of het nu regent of niet, het is of goed of slecht.", "nl"),
        ("3.14", "en"),
    ],
)
def test_the_language_is_found(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "language"), [(PLAIN_ENGLISH, "en"), ("나는 책을 읽었다.", "ko"), ("3.14", "en")]
)
def test_korean_and_plain_english_are_told_without_the_identifier(text: str, language: str) -> None:
    languages._identifier.cache_clear()
    assert detect_language(text) == language
    assert not languages._identifier.cache_info().misses


@pytest.mark.parametrize(("code", "primary"), [("en-GB", "en"), ("KO", "ko"), ("", "")])
def test_a_tag_begins_with_its_language(code: str, primary: str) -> None:
    assert primary_subtag(code) == primary
