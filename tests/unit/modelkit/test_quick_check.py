"""What passes quickly keeps to its schema; what does not is the validator's to judge."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from modelkit.answer_form.schema import accepted_point_schema, accepted_schema, answer_schema
from modelkit.json_schema.quick_check import quick_check
from orchestrator.rubrics.default import default_rubric
from tests.fakes.providers.schema_instance import instance

_WORDS = ("a", "b", "")
_PLAIN = st.recursive(
    st.sampled_from([*({"type": name} for name in ("string", "boolean", "number", "null"))])
    | st.sampled_from(
        [
            {"type": "string", "enum": ["a", 1, True]},
            {"type": "integer"},
            {"type": ["string", "null"]},
            {"type": "string", "minLength": 1},
            {"enum": ["a"]},
            {"type": "array"},
            {"type": "object"},
            {"const": 1},
            {},
            True,
            False,
        ]
    ),
    lambda each: (
        st.builds(lambda item: {"type": "array", "items": item, "title": "t"}, each)
        | st.builds(
            lambda fields, required, additional: {
                "type": "object",
                "properties": fields,
                "required": required,
                "additionalProperties": additional,
            },
            st.dictionaries(st.sampled_from(_WORDS), each, max_size=3),
            st.lists(st.sampled_from(_WORDS), max_size=2, unique=True),
            st.booleans(),
        )
    ),
    max_leaves=8,
)
_VALUES = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.5, "a", "b", ""]),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), each, max_size=3),
    max_leaves=8,
)


@given(_PLAIN, _VALUES)
def test_what_passes_keeps_to_the_schema(schema: Any, value: Any) -> None:
    assert not quick_check(schema)(value) or Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    "schema",
    [
        accepted_schema(),
        accepted_point_schema(),
        *(json.loads(answer_schema(default_rubric("ko"), "ko", short=short)) for short in (False, True)),
    ],
)
def test_the_forms_of_an_answer_are_plain(schema: dict[str, Any]) -> None:
    bare = {key: value for key, value in schema.items() if not key.startswith(("$", "x-"))}
    value = instance(bare)
    check = quick_check(bare)
    assert check(value)
    assert not check(value | {"more": 1})
    assert not check([])
    missing = dict(list(value.items())[1:])
    assert not check(missing)
