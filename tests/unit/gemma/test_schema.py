import json

import pytest

from services.gemma.schema import fault_of_schema, matches

SCHEMA = json.dumps({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}})


@pytest.mark.parametrize(
    ("answer", "keeps"),
    [('{"a": 1}', True), ('{"a": "1"}', False), ("{}", False), ('{"a": 1', False), ("", False)],
)
def test_an_answer_is_held_against_the_schema(answer: str, keeps: bool) -> None:
    assert matches(answer, SCHEMA) is keeps


def test_a_sound_schema_has_no_fault() -> None:
    assert fault_of_schema(SCHEMA) == ""


def test_a_fault_says_where() -> None:
    assert fault_of_schema('{"properties": {"a": {"type": "text"}}}').startswith(
        "no JSON Schema: $.properties.a"
    )
    assert fault_of_schema('{"a" 1}') == "no JSON: Expecting ':' delimiter at line 1, column 6"
