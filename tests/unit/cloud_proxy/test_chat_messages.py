import json
from collections.abc import Mapping
from typing import Any

import pytest

from modelkit.json_schema.answer_schema import AnswerSchema
from services.cloud_proxy.providers.chat_messages import response_format

SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer", "maximum": 5}},
    "required": ["score"],
    "additionalProperties": False,
}


def _format(schema: Mapping[str, object]) -> dict[str, Any]:
    return response_format(AnswerSchema.parse(json.dumps(schema)))


@pytest.mark.parametrize(
    ("change", "strict"),
    [({}, True), ({"required": []}, False), ({"additionalProperties": True}, False)],
)
def test_strictness_is_asked_for_where_the_schema_allows_it(change: dict[str, object], strict: bool) -> None:
    nested = {
        "type": "object",
        "properties": {"points": {"type": "array", "items": SCHEMA | change}},
        "required": ["points"],
        "additionalProperties": False,
    }
    assert _format(nested)["json_schema"]["strict"] is strict


@pytest.mark.parametrize("data", [{"type": "object"}, {"properties": 3, "required": 4, "type": "object"}])
def test_what_stands_in_a_value_makes_nothing_less_strict(data: object) -> None:
    schema = SCHEMA | {"properties": {"score": {"enum": [1, data]}}}
    assert _format(schema)["json_schema"]["strict"] is True
