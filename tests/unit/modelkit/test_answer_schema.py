import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modelkit.answer_form.schema import answer_schema
from modelkit.answer_limits import MAX_VALUES
from modelkit.json_schema.answer_schema import MAX_SCHEMA_BYTES, MAX_SCHEMA_DEPTH, AnswerSchema
from modelkit.json_schema.bounded_validator import BoundedValidator, SlowCheckError
from modelkit.json_schema.metaschema import metaschema_fault
from modelkit.json_schema.subschemas import MAX_PATTERN_CHARACTERS
from orchestrator.rubrics.default import default_rubric
from rpckit.errors import BadOutput, InvalidRequest
from tests.contract.malformed import branching_references

NOT_2020 = "not a JSON Schema of draft 2020-12"
SCHEMA = json.dumps(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:chorus:answer:1",
        "type": "object",
        "properties": {"score": {"type": "integer", "maximum": 5}},
        "required": ["score"],
        "additionalProperties": False,
    }
)


def test_the_anonymous_schema_has_none_of_our_own_keywords() -> None:
    schema = AnswerSchema.parse(answer_schema(default_rubric("en"), "ko"))
    assert schema.schema["x-feedback-language"] == "ko"
    assert schema.anonymous.keys() == {"type", "properties", "required", "additionalProperties"}


def nested(depth: int, opening: str = '{"not":', inner: str = "{}") -> str:
    return opening * depth + inner + "}" * depth


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON: Expecting value at line 1, column 1"),
        ('{"a" 1}', "not JSON: Expecting ':' delimiter at line 1, column 6"),
        ("[" * 100_000, f"more than {MAX_SCHEMA_BYTES} bytes"),
        ("[" * 10_000, "not JSON: nested too deeply"),
        (nested(3_000), "not JSON: nested too deeply"),
        (nested(MAX_SCHEMA_DEPTH), f"nested more than {MAX_SCHEMA_DEPTH} deep"),
        ('{"const": NaN}', "not JSON: NaN is not JSON"),
        ('{"const": -Infinity}', "not JSON: -Infinity is not JSON"),
        ('{"const": 1e400}', "not JSON: a number is too large"),
        ('{"const": 1' + "0" * 400 + "}", "not JSON: a number is too large"),
        ('{"const": 1' + "0" * 5000 + "}", "not JSON: a number is too large"),
        ('{"maximum": 18' + "0" * 307 + "}", "not JSON: a number is too large"),
        (r'{"enum": ["\udfff"]}', "half of a surrogate pair is no text"),
        (r'{"properties": {"\ud800": {}}}', "half of a surrogate pair is no text"),
        ("true", "not an object"),
        ("false", "not an object"),
        ("[]", "not an object"),
        ("3", "not an object"),
        ('{"type": "text"}', "not a JSON Schema of draft 2020-12: $.type"),
        (
            '{"properties": {"a": {"type": "text"}}}',
            "not a JSON Schema of draft 2020-12: $.properties.a.type",
        ),
        ('{"required": 3}', "not a JSON Schema of draft 2020-12: $.required"),
        ('{"pattern": "("}', "a pattern is no regular expression"),
        ('{"patternProperties": {"[": {}}}', "a pattern is no regular expression"),
        (
            json.dumps({"pattern": "a" * (MAX_PATTERN_CHARACTERS + 1)}),
            "a pattern has more than 1000 characters",
        ),
        (
            '{"patternProperties": {"a": {}}, "not": {"unevaluatedProperties": false}}',
            "patternProperties and unevaluatedProperties do not go together",
        ),
        ('{"$ref": "http://127.0.0.1:9/schema.json"}', "a reference leads out of the schema"),
        ('{"$ref": "https://json-schema.org/draft/2020-12/schema"}', "a reference leads out of the schema"),
        ('{"$ref": "#/$defs/a"}', "a reference leads nowhere"),
        ('{"$dynamicRef": "#nobody"}', "a reference leads nowhere"),
        ('{"allOf": [{}], "not": {"$ref": "#/allOf/x"}}', "a reference leads nowhere"),
        ('{"maxLength": 3, "not": {"$ref": "#/maxLength/x"}}', "a reference leads nowhere"),
        ('{"enum": [{"type": 3}], "$ref": "#/enum/0"}', "a reference leads to what is no schema"),
        ('{"type": "object", "not": {"$ref": "#/type"}}', "a reference leads to what is no schema"),
        ('{"$ref": "#"}', "a reference leads back to itself"),
        ('{"allOf": [{"if": {"$ref": "#"}}]}', "a reference leads back to itself"),
        (branching_references(12), "references branch into more than 10000 checks of one value"),
        ('{"properties": {"a": {"$id": "urn:a"}}}', "$id and $schema may stand at the root alone"),
        ('{"not": {"$schema": "http://json-schema.org/draft-04/schema#"}}', "$id and $schema may stand at"),
    ],
)
def test_what_is_no_schema_is_the_callers_fault(text: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        AnswerSchema.parse(text)
    assert refused.value.metadata.keys() == {"output_format.json_schema"}
    assert refused.value.metadata["output_format.json_schema"].startswith(said)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        SCHEMA,
        answer_schema(default_rubric("ko"), "ko"),
        nested(MAX_SCHEMA_DEPTH - 1),
        '{"const": {"$id": 3, "$ref": 4, "pattern": "("}}',
        '{"properties": {"$ref": {"type": "string"}, "$id": true}}',
        '{"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}',
        '{"definitions": {"a": {"$anchor": "b"}}, "$ref": "#/definitions/a"}',
        '{"$defs": {"a": {"$anchor": "b"}}, "not": {"$ref": "#b"}}',
        '{"properties": {"child": {"$ref": "#"}}}',
        r'{"pattern": "^\\p{Hangul}+$"}',
        '{"const": 1' + "0" * 308 + "}",
    ],
)
def test_what_is_a_schema_is_read(text: str) -> None:
    assert AnswerSchema.parse(text).text == text


def test_a_schema_is_known_by_its_name_and_shown_without_it() -> None:
    schema = AnswerSchema.parse(SCHEMA)
    assert schema.identifier == "urn:chorus:answer:1"
    assert schema.anonymous == {key: value for key, value in schema.schema.items() if key[0] != "$"}
    assert AnswerSchema.parse("{}").identifier == ""


def test_a_good_answer_passes() -> None:
    AnswerSchema.parse(SCHEMA).check_text(' {"score": 3} ')


@pytest.mark.parametrize(
    "answer",
    ["", "No.", '{"score": 3', "{'score': 3}", '{"score": NaN}', '```json\n{"score": 3}\n```', "[" * 100_000],
)
def test_what_is_not_json_is_no_answer(answer: str) -> None:
    with pytest.raises(BadOutput, match="not JSON"):
        AnswerSchema.parse(SCHEMA).check_text(answer)


@pytest.mark.parametrize(
    "answer", ['{"score": "secret"}', '{"score": 6}', "{}", '{"score": 1, "secret": 1}', "[]"]
)
def test_what_breaks_the_schema_is_no_answer(answer: str) -> None:
    with pytest.raises(BadOutput, match="breaks the schema") as caught:
        AnswerSchema.parse(SCHEMA).check_text(answer)
    assert "secret" not in caught.value.text


def test_references_may_branch_a_little() -> None:
    AnswerSchema.parse(branching_references(11)).check_value(0)


def test_an_answer_that_is_nested_too_deeply_is_none() -> None:
    with pytest.raises(BadOutput, match="nested too deeply"):
        AnswerSchema.parse('{"items": {"$ref": "#"}}').check_text("[" * 400 + "]" * 400)


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        ({"pattern": "^(a|a)*$"}, "a" * 40 + "!"),
        ({"patternProperties": {"^(a|a)*$": False}}, {"a" * 40 + "!": 1}),
        ({"patternProperties": {"^(a|a)*$": {}}, "additionalProperties": False}, {"a" * 40 + "!": 1}),
    ],
    ids=["pattern", "patternProperties", "additionalProperties"],
)
def test_no_schema_keeps_the_server_busy(schema: dict[str, Any], answer: object) -> None:
    AnswerSchema.parse(json.dumps(schema))
    started = time.thread_time()
    with pytest.raises(SlowCheckError):
        BoundedValidator(schema, max_seconds=0.05).first_error(answer)
    assert time.thread_time() - started < 5


def test_a_schema_that_takes_too_long_is_the_callers_fault() -> None:
    with pytest.raises(InvalidRequest, match="too long"):
        AnswerSchema.parse('{"pattern": "^(a|a)*$"}').check_value("a" * 40 + "!")


def test_an_answer_that_is_too_long_to_check_is_the_models_fault() -> None:
    schema = AnswerSchema.parse('{"items": {"pattern": "^(a|a)*$"}}')
    with pytest.raises(BadOutput, match="too many to check"):
        schema.check_value(["a" * 40 + "!"] * (MAX_VALUES + 1))


KEYWORDS = sorted({*Draft202012Validator.VALIDATORS, "$defs", "definitions", "$id", "$anchor", "$comment"})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(),
    st.sampled_from(
        ["string", "object", "#", "#/$defs/a", "#/type/0", "#/enum/0", "#a", "http://[::1", "(", "^a"]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "type"]), inner, max_size=3)
    ),
    max_leaves=5,
)
SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.just({}),
    lambda inner: st.dictionaries(
        st.sampled_from(KEYWORDS),
        inner
        | VALUES
        | st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "(", "^a"]), inner, max_size=3),
        max_size=4,
    ),
    max_leaves=12,
)


@given(SCHEMAS, VALUES)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_only_plain_jsonschema_says_what_is_an_answer(schema: Any, value: Any) -> None:
    try:
        read = AnswerSchema.parse(json.dumps(schema))
    except InvalidRequest:
        return
    plain = Draft202012Validator(schema)
    for each in (value, {"a": 1, "b": [{}]}, [1, 1.0], [1, True], [{"a": 1}, {"a": 1.0}], "ab"):
        assert keeps_to(read, each) == plain.is_valid(each)


@given(SCHEMAS)
@settings(max_examples=400, deadline=None, derandomize=True)
def test_the_merged_metaschema_allows_what_the_published_one_does(schema: Any) -> None:
    published = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    assert (metaschema_fault(schema) == "") == published.is_valid(schema)


def keeps_to(schema: AnswerSchema, value: object) -> bool:
    try:
        schema.check_value(value)
    except BadOutput:
        return False
    return True
