import json
import random

import pytest

from modelkit.answer_limits import MAX_VALUES, AnswerTooLarge
from modelkit.json_schema import strict_json
from orchestrator.answer.size_meter import MAX_OBJECTS, AnswerSizeMeter


def is_too_large(text: str, piece: int = 7) -> bool:
    meter = AnswerSizeMeter()
    try:
        for start in range(0, len(text), piece):
            meter.take(text[start : start + piece])
    except AnswerTooLarge:
        return True
    return False


@pytest.mark.parametrize("seed", range(20))
def test_what_stands_in_a_string_counts_for_nothing_however_it_is_cut(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - it guards no secret
    words = ["".join(chance.choices('a,{"\\ \n가', k=chance.randrange(20))) for _ in range(20)]
    room = MAX_VALUES - strict_json.count(words, MAX_VALUES) - 2
    piece = chance.randint(1, 9)
    assert not is_too_large(json.dumps([words, [0] * room], ensure_ascii=False), piece)
    assert is_too_large(json.dumps([words, [0] * (MAX_VALUES + 1)], ensure_ascii=False), piece)


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_objects_are_counted(piece: int) -> None:
    assert not is_too_large(json.dumps([{}] * MAX_OBJECTS), piece)
    assert is_too_large(json.dumps([{}] * (MAX_OBJECTS + 1)), piece)
    assert not is_too_large(json.dumps(["{" * 2 * MAX_OBJECTS, "\\", '"{{' * MAX_OBJECTS, '\\"']), piece)
