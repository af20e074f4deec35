"""Both languages say the same, and nothing is worded in two places."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from string import Formatter
from typing import Any

import pytest

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2
from chorus_command_line import english, korean
from chorus_wording.feedback_words import FEEDBACK_WORDS
from chorus_wording.words import FeedbackWords


def worded(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yields each sentence with the path to it."""
    if is_dataclass(words):
        for field in fields(words):
            yield from worded(getattr(words, field.name), f"{path}{field.name}.")
    elif isinstance(words, Mapping):
        for key, value in words.items():
            yield f"{path}{key}", value
    elif isinstance(words, str):
        yield path, words


def blanks(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def test_both_languages_fill_in_the_same() -> None:
    pair = [{path: blanks(said) for path, said in worded(each)} for each in (english.ENGLISH, korean.KOREAN)]
    assert pair[0] == pair[1]
    assert len(pair[0]) > 100


@pytest.mark.parametrize("words", [english.ENGLISH, korean.KOREAN], ids=["en", "ko"])
def test_the_command_line_words_nothing_that_is_worded_for_all(words: Any) -> None:
    shared = {said for _, said in worded(words.feedback)}
    own = {said: path for path, said in worded(words) if not path.startswith("feedback.")}
    assert {path: said for said, path in own.items() if said in shared} == {}


@pytest.mark.parametrize("words", FEEDBACK_WORDS.values(), ids=FEEDBACK_WORDS)
def test_each_value_of_the_contract_has_its_word(words: FeedbackWords) -> None:
    agreements = set(merged_pb2.Agreement.values()) - {merged_pb2.AGREEMENT_UNSPECIFIED}
    assert set(words.note.agreements) == set(words.score_agreements) == agreements
    assert set(words.note.polarities) == set(feedback_pb2.Polarity.values())
    assert set(words.note.severities) == set(feedback_pb2.Severity.values()) - {0}
    assert set(words.panel_states) == set(merged_pb2.Panel.State.values()) - {0}
    assert set(words.reasons) == set(failure_pb2.ErrorReason.values()) - {0}
