"""Tells at once of most sound answers that they keep to their schema.

jsonschema looks up keywords and keeps paths for each value, for errors that a sound answer does not have.
Here a schema of plain keywords is made into functions once. What they do not pass, and what stands under any
other keyword, is the validator's to judge.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Check = Callable[[Any], bool]

# Keywords that say nothing about a value.
_NOTES = frozenset({"$comment", "$defs", "default", "deprecated", "description", "examples", "title"})
_TYPES: Mapping[str, Check] = {
    "array": lambda value: type(value) is list,
    "boolean": lambda value: type(value) is bool,
    "null": lambda value: value is None,
    "number": lambda value: type(value) in {int, float},
    "object": lambda value: type(value) is dict,
    "string": lambda value: type(value) is str,
}
_OF_OBJECTS = frozenset({"type", "properties", "required", "additionalProperties"})
_OF_ARRAYS = frozenset({"type", "items"})
_OF_WORDS = frozenset({"type", "enum"})


def quick_check(schema: Any) -> Check:
    """Returns what passes only values that keep to a schema, though not all of them.

    It takes time in the size of the value alone, since a plain schema looks at each part of it once.

    Args:
        schema: It keeps to the metaschema.
    """
    if not isinstance(schema, Mapping):
        return _passes_nothing
    keywords = schema.keys() - _NOTES
    match schema.get("type"):
        case "object" if keywords <= _OF_OBJECTS and schema.get("additionalProperties") is False:
            return _object(schema)
        case "array" if keywords == _OF_ARRAYS:
            return _array(quick_check(schema["items"]))
        case "string" if keywords == _OF_WORDS:
            return _word(schema["enum"])
        case str(name) if keywords == {"type"}:
            return _TYPES.get(name, _passes_nothing)
    return _passes_nothing


def _passes_nothing(_: Any) -> bool:
    return False


def _object(schema: Mapping[str, Any]) -> Check:
    checks = {name: quick_check(each) for name, each in schema.get("properties", {}).items()}
    required = frozenset(schema.get("required", ()))

    def check(value: Any) -> bool:
        if type(value) is not dict or not required <= value.keys() <= checks.keys():
            return False
        for name, each in value.items():  # noqa: SIM110 - a generator takes half as long again
            if not checks[name](each):
                return False
        return True

    return check


def _array(item: Check) -> Check:
    return lambda value: type(value) is list and all(map(item, value))


def _word(choices: Sequence[Any]) -> Check:
    words = frozenset(each for each in choices if type(each) is str)
    return lambda value: type(value) is str and value in words
