from collections.abc import Callable, Iterable
from itertools import count

import pytest

from rpckit.call import Deadline
from services.proofreader.korean.analyser import AnalysedText, Morpheme
from services.proofreader.korean.confusions import korean_confusions
from services.proofreader.korean.grammar import korean_grammar
from services.proofreader.korean.register import korean_register
from services.proofreader.parsed_text import ParsedText
from services.proofreader.prose.long_sentences import long_sentences
from services.proofreader.reading import Reading
from services.proofreader.structure.connectives import connectives
from services.proofreader.wording import word_unread
from tests.unit.proofreader.test_language import reviewers


def _read(text: str, language: str, reading: Reading) -> set[str]:
    findings = reviewers()[0].review(ParsedText.read(text, language), reading)
    return {text[each.start : each.end] for each in findings}


@pytest.mark.parametrize(
    ("language", "sentence", "seconds"),
    [("en", "She recieved a lot of it. ", 2_000), ("ko", "우리는 캍이 갔다. ", 3_000)],
)
def test_a_long_text_is_read_as_far_as_its_time_suffices(
    language: str, sentence: str, seconds: float
) -> None:
    # Each look at the clock takes a second.
    reading = Reading(cpu_seconds=seconds, clock=count(0.0).__next__)
    _read(sentence * 300, language, reading)
    assert reading.unread_from is not None
    assert 0 < reading.unread_from < len(sentence) * 300


def test_a_reading_ends_at_its_deadline_with_what_it_has() -> None:
    reading = Reading(deadline=Deadline(0.0, lambda: 1.0))
    # Whatever needs no dictionary is found all the same.
    assert "could of" in _read("She could of come. She recieved it.", "en", reading)
    assert reading.unread_from == 0


def test_a_text_that_is_read_to_its_end_leaves_nothing_unread() -> None:
    reading = Reading()
    assert "recieved" in _read("She recieved it.", "en", reading)
    assert reading.unread_from is None


def test_says_in_which_sentence_the_unread_part_begins() -> None:
    submission = ParsedText.read("[S1] One. [S2] Two. [S3] Three.", "en")
    assert "sentence 2 of 3" in word_unread(submission, submission.text.index("Two"), "en")
    assert "3문장 가운데 2번째 문장" in word_unread(submission, submission.text.index("Two"), "ko")


_TIMES = 2_000
_SENTENCE = ParsedText.read("물 " * _TIMES, "ko")
_LINES = ParsedText.read("물이다.\n" * _TIMES, "ko")
_WATER = [Morpheme("물", "NNG", place, place + 1, -1.0, known=True) for place in range(0, 2 * _TIMES, 2)]


@pytest.mark.parametrize(
    "rule",
    [
        lambda reading: korean_confusions(_SENTENCE, reading),
        lambda reading: korean_grammar(
            AnalysedText(_SENTENCE, ((_SENTENCE.sentences[0], tuple(_WATER)),)), reading
        ),
        lambda reading: long_sentences(_LINES, reading),
        lambda reading: korean_register(_LINES, reading),
        lambda reading: connectives(_LINES, reading),
    ],
    ids=["confusions", "grammar", "long sentences", "register", "connectives"],
)
def test_a_rule_can_be_stopped_at_any_word_of_an_endless_sentence_and_at_any_line(
    rule: Callable[[Reading], Iterable[object]],
) -> None:
    seconds: list[float] = []
    for _ in rule(Reading(let_others=seconds.append)):
        pass
    assert len(seconds) >= _TIMES - 1
