import json
from pathlib import Path

import pytest

from bench.corpora import LEARNER_ERRORS
from bench.proofreader.learner_errors import LearnerError, read_errors


def errors(folder: Path, marked: str) -> tuple[str, list[LearnerError]]:
    file = folder / "errors.jsonl"
    file.write_text(json.dumps({"group": "g", "marked": marked}), encoding="utf-8")
    ((correct, found),) = read_errors(file)
    return correct, found


def test_the_other_errors_of_a_text_are_corrected(tmp_path: Path) -> None:
    correct, found = errors(tmp_path, "He {like|likes} near {the|} Busan{ |, }now {to|two|too}.")
    assert correct == "He likes near  Busan, now two."
    assert [each.text for each in found] == [
        "He like near  Busan, now two.",
        "He likes near the Busan, now two.",
        "He likes near  Busan now two.",
        "He likes near  Busan, now to.",
    ]
    assert [each.text[each.start : each.end] for each in found] == ["like", "the", " ", "to"]


@pytest.mark.parametrize("marked", ["{먹었다|OK}", "먹었다|OK", "{먹었|드셨|OK}다", "{먹었|드셨}다|OK"])
def test_what_is_marked_as_no_error_is_none(tmp_path: Path, marked: str) -> None:
    assert errors(tmp_path, f"밥을 {marked} 많이.") == ("밥을 먹었다 많이.", [])


@pytest.mark.parametrize("path", LEARNER_ERRORS, ids=lambda path: path.stem)
def test_no_mark_is_left_in_a_text(path: Path) -> None:
    texts = [text for correct, found in read_errors(path) for text in (correct, *(e.text for e in found))]
    assert len(texts) > 60
    assert not [text for text in texts if set(text) & set("{|}")]
