"""Gives every string, number and list of a JSON Schema an end, so that no answer fills its limit with one."""

import math
import re
from collections.abc import Mapping
from typing import Any

from modelkit.json_schema.subschemas import KEYWORDS_OF_LISTS, KEYWORDS_OF_OBJECTS, KEYWORDS_OF_ONE, Schema

MAX_STRING_CHARACTERS = 2000
MAX_LIST_ITEMS = 256
# Fifteen digits before the point, which is what a double holds, and six after it.
MAX_NUMBER = 10**15
NUMBER_STEP = 1e-6
# Numbers between closer limits are not given steps.
_CLOSEST = 1e-9

_VALUES = frozenset({"enum", "const"})
# A string that keeps to such a pattern may go on: it repeats something, or leaves an end open.
_ENDLESS_PATTERN = re.compile(r"[*+]|,\}|^[^^]|[^$]$|^$")
# Narrower subschemas of these make the schema wider, or another one.
_UNTOUCHED = frozenset({"not", "if", "contains", "propertyNames"})


def bounded(schema: Any) -> Any:
    """Returns a schema whose answers all keep to `schema`, and none of which goes on without an end.

    A limit that stands in the schema stays. Values without a type, and objects with keys of any name, are not
    bounded.
    """
    if not isinstance(schema, Mapping):
        return schema
    result = dict(schema)
    for keyword in schema.keys() - _UNTOUCHED:
        if keyword in KEYWORDS_OF_ONE:
            result[keyword] = bounded(schema[keyword])
        elif keyword in KEYWORDS_OF_LISTS:
            result[keyword] = [bounded(each) for each in schema[keyword]]
        elif keyword in KEYWORDS_OF_OBJECTS:
            result[keyword] = {name: bounded(each) for name, each in schema[keyword].items()}
    return result | _limits(schema)


def _limits(schema: Schema) -> dict[str, Any]:
    kinds = schema.get("type", ())
    kinds = (kinds,) if isinstance(kinds, str) else kinds
    limits: dict[str, Any] = {}
    if "string" in kinds and _is_endless(schema):
        limits["maxLength"] = max(MAX_STRING_CHARACTERS, int(schema.get("minLength", 0)))
    if "array" in kinds and "maxItems" not in schema and schema.get("items") is not False:
        limits["maxItems"] = max(MAX_LIST_ITEMS, int(schema.get("minItems", 0)))
    if {"number", "integer"} & set(kinds) and not _VALUES & schema.keys():
        limits |= _number_limits(schema, whole="number" not in kinds)
    return limits


def _is_endless(schema: Schema) -> bool:
    """Returns whether a schema leaves a string's length open."""
    if (_VALUES | {"maxLength"}) & schema.keys():
        return False
    return "pattern" not in schema or bool(_ENDLESS_PATTERN.search(schema["pattern"]))


def _number_limits(schema: Schema, *, whole: bool) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    least = schema.get("minimum", schema.get("exclusiveMinimum", -MAX_NUMBER))
    most = schema.get("maximum", schema.get("exclusiveMaximum", MAX_NUMBER))
    if not {"minimum", "exclusiveMinimum"} & schema.keys() and most > -MAX_NUMBER:
        limits["minimum"] = -MAX_NUMBER
    if not {"maximum", "exclusiveMaximum"} & schema.keys() and least < MAX_NUMBER:
        limits["maximum"] = MAX_NUMBER
    if not whole and "multipleOf" not in schema and most - least > _CLOSEST:
        # Limits closer than the usual step might have no multiple between them.
        limits["multipleOf"] = NUMBER_STEP * min(1.0, 10.0 ** math.floor(math.log10(most - least)))
    return limits
