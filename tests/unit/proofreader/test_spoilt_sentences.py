"""No sentence ends a review, however spoilt: its findings stand within the text."""

import random

import pytest

from bench.corpora import DATA
from bench.proofreader.learner_errors import read_errors
from services.proofreader.parsed_text import ParsedText
from services.proofreader.reading import Reading
from tests.unit.proofreader.test_language import reviewers

SPOILT = 400
ODD = [
    "³",
    "½",
    "①",
    "Ⅳ",
    "٣",
    "1.5",
    "0",
    "-1",
    "99999999999999999999",
    "’s",
    "n’t",
    "'",
    "—",
    "…",
    "(",
    "“",
    "”",
    "A",
    "I",
    "ß",
    "İ",
    "é",
    "i̇",
    "🙂",
    "ㅋㅋ",
    "ㅏ",
    "각",
    ".",
    "!",
    "?",
    ",",
    ";",
    ":",
]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_spoilt_sentence_is_read(language: str) -> None:
    generator = random.Random(language)  # noqa: S311  # it repeats itself
    errors = read_errors(DATA / f"learner_errors_{language}_strangers.jsonl")
    sentences = [error.text.split() for _, of_text in errors for error in of_text]
    known = [word for words in sentences for word in words]
    for _ in range(SPOILT):
        words = [*generator.choice(sentences), *generator.choice(sentences)]
        for place in generator.sample(range(len(words)), 3):
            words[place] = generator.choice(ODD if generator.random() < 0.5 else known)
        text = " ".join(words)
        found = reviewers()[0].review(ParsedText.read(text, language), Reading())
        assert all(0 <= each.start <= each.end <= len(text) for each in found), text
