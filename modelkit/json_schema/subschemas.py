"""Walks over the subschemas of a schema and checks what the metaschema cannot: references and patterns."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import regex
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY

MAX_PATTERN_CHARACTERS = 1000
# How many subschemas may apply to one value. Two references in each of 25 subschemas make 33 million.
MAX_CHECKS_OF_A_VALUE = 10_000

# Keywords that hold one schema, a list of them, or an object of them.
KEYWORDS_OF_ONE = (
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
)
KEYWORDS_OF_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
KEYWORDS_OF_OBJECTS = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
# Keywords whose subschemas apply to the same value as the schema itself, not to a part of it.
_IN_PLACE = frozenset({"allOf", "anyOf", "dependentSchemas", "else", "if", "not", "oneOf", "then"})
_REFERENCES = ("$ref", "$dynamicRef")
_NAMES = ("$id", "$schema")

Schema = Mapping[str, Any]


def children(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yields the direct subschemas, each with the keyword that holds it. `true` and `false` have none."""
    if not isinstance(schema, Mapping):
        return
    for keyword in KEYWORDS_OF_ONE:
        if keyword in schema:
            yield keyword, schema[keyword]
    for keyword in KEYWORDS_OF_LISTS:
        for each in schema.get(keyword, ()):
            yield keyword, each
    for keyword in KEYWORDS_OF_OBJECTS:
        for each in schema.get(keyword, {}).values():
            yield keyword, each


def subschemas(schema: Schema) -> list[Schema]:
    """Returns the schema and every object among its subschemas, at any depth."""
    found: list[Schema] = []
    pending: list[Any] = [schema]
    while pending:
        each = pending.pop()
        if isinstance(each, Mapping):
            found.append(each)
            pending += (child for _, child in children(each))
    return found


def is_closed(schema: Schema) -> bool:
    """Returns whether each object in the schema requires all of its properties and allows no others."""
    return all(
        each.get("additionalProperties") is False
        and set(each.get("required", ())) == set(each.get("properties", ()))
        for each in subschemas(schema)
        if each.get("type") == "object"
    )


def reference_fault(schema: Schema) -> str:
    """Returns what is wrong with the references of a schema that keeps to the metaschema, or "".

    A reference must begin with "#" and lead to a subschema of the same schema: nothing is ever fetched. No
    reference may lead back to itself without taking a part of the value on the way, for that never ends, and
    references may not branch into more than `MAX_CHECKS_OF_A_VALUE` checks of one value.

    Args:
        schema: The schema without the `$id` and `$schema` of its root.
    """
    places = {id(each): each for each in subschemas(schema)}
    if any(name in each for each in places.values() for name in _NAMES):
        return "$id and $schema may stand at the root alone"
    resolver = EMPTY_REGISTRY.resolver_with_root(DRAFT202012.create_resource(schema))
    applied: dict[int, set[int]] = {}
    for place, each in places.items():
        applied[place] = {id(child) for keyword, child in children(each) if keyword in _IN_PLACE}
        for reference in (each[keyword] for keyword in _REFERENCES if keyword in each):
            if not reference.startswith("#"):
                return "a reference leads out of the schema"
            try:
                target = resolver.lookup(reference).contents
            except (Unresolvable, TypeError, ValueError):
                # Following a pointer through a number or a text raises what Python raises.
                return "a reference leads nowhere"
            if id(target) not in places and not isinstance(target, bool):
                return "a reference leads to what is no schema"
            applied[place].add(id(target))
    checks: dict[int, int] = {}
    try:
        for place in TopologicalSorter(applied).static_order():
            checks[place] = 1 + sum(checks[each] for each in applied.get(place, ()))
    except CycleError:
        return "a reference leads back to itself"
    if max(checks.values()) > MAX_CHECKS_OF_A_VALUE:
        return f"references branch into more than {MAX_CHECKS_OF_A_VALUE} checks of one value"
    return ""


def pattern_fault(schema: Schema) -> str:
    """Returns what is wrong with the regular expressions of a schema that keeps to the metaschema, or ""."""
    every = subschemas(schema)
    patterns = {each["pattern"] for each in every if "pattern" in each}
    patterns |= {pattern for each in every for pattern in each.get("patternProperties", ())}
    for pattern in patterns:
        if len(pattern) > MAX_PATTERN_CHARACTERS:
            return f"a pattern has more than {MAX_PATTERN_CHARACTERS} characters"
        try:
            regex.compile(pattern)
        except (regex.error, RecursionError, OverflowError):
            return "a pattern is no regular expression"
    names = {name for each in every for name in each}
    if {"patternProperties", "unevaluatedProperties"} <= names:
        # jsonschema matches these names itself, without a limit on the time that it takes.
        return "patternProperties and unevaluatedProperties do not go together"
    return ""
