"""A schema with an end everywhere: still the schema, and no longer."""

from typing import Any

import pytest

from services.gemma.generation.bounded_schema import (
    MAX_LIST_ITEMS,
    MAX_NUMBER,
    MAX_STRING_CHARACTERS,
    NUMBER_STEP,
    bounded,
)

TEXT = {"type": "string", "maxLength": MAX_STRING_CHARACTERS}
NUMBER = {"type": "number", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER, "multipleOf": NUMBER_STEP}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, TEXT),
        ({"type": "string", "minLength": 9000}, {"type": "string", "minLength": 9000, "maxLength": 9000}),
        ({"type": ["string", "null"]}, TEXT | {"type": ["string", "null"]}),
        ({"type": "number"}, NUMBER),
        ({"type": "integer"}, {"type": "integer", "minimum": -MAX_NUMBER, "maximum": MAX_NUMBER}),
        (
            {"type": "number", "exclusiveMinimum": 0, "maximum": 9},
            {"type": "number", "exclusiveMinimum": 0, "maximum": 9, "multipleOf": NUMBER_STEP},
        ),
        ({"type": "number", "minimum": 0, "maximum": 0.5}, {"multipleOf": pytest.approx(NUMBER_STEP / 10)}),
        ({"type": "string", "pattern": "^[a-z]+$"}, {"maxLength": MAX_STRING_CHARACTERS}),
        ({"type": "string", "pattern": "^a*$"}, {"maxLength": MAX_STRING_CHARACTERS}),
        ({"type": "string", "pattern": "^a{3,}$"}, {"maxLength": MAX_STRING_CHARACTERS}),
        ({"type": "string", "pattern": "a"}, {"maxLength": MAX_STRING_CHARACTERS}),
        ({"type": "string", "format": "email"}, {"maxLength": MAX_STRING_CHARACTERS}),
        (
            {"type": "array", "items": {"type": "string"}},
            {"type": "array", "items": TEXT, "maxItems": MAX_LIST_ITEMS},
        ),
        (
            {"type": "array", "minItems": 300, "items": True},
            {"type": "array", "minItems": 300, "items": True, "maxItems": 300},
        ),
        (
            {
                "properties": {"type": {"type": "string"}},
                "$defs": {"x": {"anyOf": [{"type": "string"}, True]}},
            },
            {"properties": {"type": TEXT}, "$defs": {"x": {"anyOf": [TEXT, True]}}},
        ),
    ],
)
def test_what_has_no_end_gets_one(schema: Any, expected: Any) -> None:
    before = repr(schema)
    result = bounded(schema)
    assert schema | expected == result if isinstance(schema, dict) else expected == result
    assert repr(schema) == before


@pytest.mark.parametrize(
    "schema",
    [
        True,
        {"const": {"type": "string"}},
        {"type": "string", "enum": ["a"]},
        {"type": "string", "pattern": "^S[1-9][0-9]{0,3}$"},
        {"type": "string", "pattern": "^a*$", "maxLength": 3},
        {"type": "string", "maxLength": 10_000},
        {"type": "array", "prefixItems": [{"const": 1}], "items": False},
        {"type": "array", "items": {"const": 1}, "maxItems": 1000},
        {"type": "number", "minimum": 0, "maximum": 9, "multipleOf": 0.5},
        {"type": "number", "minimum": 0.1234567, "maximum": 0.1234567},
        # llguidance can end no numbers that are so big.
        {"type": "number", "minimum": 10**20},
        {"not": {"type": "string"}},
    ],
)
def test_what_has_one_is_left_as_it_is(schema: Any) -> None:
    assert bounded(schema) == schema
