import json

import pytest

from rpckit.errors import BadOutput, InvalidRequest
from services.cloud_proxy import answer_schema
from services.cloud_proxy.providers.chat_messages import response_format

SCHEMA = {
    "$id": "urn:chorus:answer:1",
    "type": "object",
    "properties": {"score": {"type": "integer", "maximum": 5}},
    "required": ["score"],
    "additionalProperties": False,
}


def test_a_good_answer_passes() -> None:
    answer_schema.check(' {"score": 3} ', SCHEMA)


@pytest.mark.parametrize(
    "answer", ["", "No.", '{"score": 3', "{'score': 3}", '{"score": NaN}', '```json\n{"score": 3}\n```']
)
def test_what_is_not_json_is_no_answer(answer: str) -> None:
    with pytest.raises(BadOutput, match="not JSON"):
        answer_schema.check(answer, SCHEMA)


@pytest.mark.parametrize(
    "answer", ['{"score": "secret"}', '{"score": 6}', "{}", '{"score": 1, "secret": 1}', "[]"]
)
def test_what_breaks_the_schema_is_no_answer(answer: str) -> None:
    with pytest.raises(BadOutput, match="breaks the schema") as caught:
        answer_schema.check(answer, SCHEMA)
    assert "secret" not in caught.value.text


@pytest.mark.parametrize("text", ["", "no", "[]", "true", '{"type": "colour"}', '{"required": 3}'])
def test_a_schema_that_is_none_is_the_callers(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        answer_schema.parse(text)
    assert caught.value.metadata.keys() == {"output_format.json_schema"}


def test_nothing_is_fetched_for_a_schema() -> None:
    with pytest.raises(InvalidRequest, match="not in it"):
        answer_schema.check("{}", {"$ref": "http://127.0.0.1:9/schema.json"})


def test_providers_get_it_without_its_name() -> None:
    assert "$id" not in answer_schema.anonymous(answer_schema.parse(json.dumps(SCHEMA)))


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
    assert response_format(nested)["json_schema"]["strict"] is strict
