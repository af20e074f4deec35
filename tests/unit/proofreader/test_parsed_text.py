import pytest

from services.proofreader.parsed_text import ParsedText


@pytest.mark.parametrize(
    ("numbered", "text", "sentences"),
    [
        ("[S1] 하나. [S2] 둘.", "하나. 둘.", ["하나.", "둘."]),
        ("[S1] One.\n\n[S2] Two.", "One.\n\nTwo.", ["One.", "Two."]),
        ("[S1] See [S3] there. [S2] Two.", "See [S3] there. Two.", ["See [S3] there.", "Two."]),
        ("[S1] A [S1] b. [S2] [S12] c.", "A [S1] b. [S12] c.", ["A [S1] b.", "[S12] c."]),
        ("One. Two! Three", "One. Two! Three", ["One.", "Two!", "Three"]),
    ],
)
def test_only_the_next_number_is_a_marker(numbered: str, text: str, sentences: list[str]) -> None:
    submission = ParsedText.read(numbered)
    assert submission.text == text
    assert [each.text for each in submission.sentences] == sentences
    assert [text[each.start : each.end] for each in submission.sentences] == sentences


def test_a_range_knows_its_sentences() -> None:
    submission = ParsedText.read("[S1] One. [S2] Two. [S3] Three.")
    assert submission.sentence_ids(0, 4) == ["S1"]
    assert submission.sentence_ids(3, 7) == ["S1", "S2"]
    assert ParsedText.read("One. Two.").sentence_ids(0, 4) == []


@pytest.mark.parametrize(
    ("text", "code", "language"),
    [
        ("나는 book을 읽었다.", "", "ko"),
        ("This is the text of a student.", "", "en"),
        ("Das ist ein Text, den niemand hier liest.", "", "other"),
        ("나는 갔다.", "ko-KR", "ko"),
        ("Das ist ein Text.", "de", "other"),
    ],
)
def test_knows_the_language(text: str, code: str, language: str) -> None:
    assert ParsedText.read(text, code).language == language


@pytest.mark.parametrize(
    "quoted",
    [
        "“as somone wrote”",
        '"as somone wrote"',
        "https://exmple.org/pge",
        "`somone = 1`",
        "(Somone, 2017)",
        "《somone》",
        "「somone」",
    ],
)
def test_what_is_quoted_is_not_the_authors(quoted: str) -> None:
    text = f"I read {quoted} today."
    submission = ParsedText.read(text)
    start = text.index(quoted)
    assert not submission.is_own(start + 1, start + 3)
    assert submission.is_own(0, 6)
    assert submission.is_own(start + len(quoted) + 1, len(text))


def test_references_are_not_the_authors() -> None:
    text = "I read much.\n\nReferences\nSmith, J. (2001). Somone.\nJones, K. Somone."
    submission = ParsedText.read(text)
    assert submission.is_own(0, 12)
    assert not submission.is_own(text.index("Jones"), len(text))
