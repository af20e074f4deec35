"""A validator of draft 2020-12 that no schema and no answer can keep busy for long.

A caller chooses the schema and, through the prompt, much of the answer. Plain jsonschema takes exponential
time for references that branch and for regular expressions that backtrack, quadratic time for unique items.
"""

import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

import regex
from jsonschema import Draft202012Validator, ValidationError, validators
from referencing.jsonschema import EMPTY_REGISTRY

# Of the thread's processor time, so that a busy machine changes no verdict.
MAX_CHECK_SECONDS = 0.5

Keyword = Callable[[Any, Any, Any, Any], Any]

_deadline: ContextVar[float] = ContextVar("_deadline")


class SlowCheckError(Exception):
    """Holding this value against this schema takes longer than `MAX_CHECK_SECONDS`."""


class BoundedValidator:
    """Holds values against one schema, which has passed the checks of `AnswerSchema`.

    Args:
        schema: The schema without `$id` and `$schema`; at a `$schema`, jsonschema takes its own validator.
        max_seconds: How much processor time of its thread one check may take.
    """

    def __init__(self, schema: Mapping[str, Any], max_seconds: float = MAX_CHECK_SECONDS) -> None:
        self._validator = _Validator(schema, registry=EMPTY_REGISTRY)
        self._max_seconds = max_seconds

    def first_error(self, value: Any) -> ValidationError | None:
        """Returns the first place where the value breaks the schema, or None.

        Raises:
            SlowCheckError: It takes too long to tell.
            RecursionError: The value is nested too deeply.
        """
        token = _deadline.set(time.thread_time() + self._max_seconds)
        try:
            return next(self._validator.iter_errors(value), None)
        finally:
            _deadline.reset(token)


def _remaining() -> float:
    remaining = _deadline.get() - time.thread_time()
    if remaining <= 0:
        raise SlowCheckError
    return remaining


def _timed(keyword: Keyword) -> Keyword:
    def timed(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        _remaining()
        return keyword(validator, value, instance, schema)

    return timed


def _matches(pattern: str, text: str) -> bool:
    try:
        return regex.search(pattern, text, timeout=_remaining()) is not None
    except TimeoutError:
        raise SlowCheckError from None


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _matches(pattern, instance):
        yield ValidationError("the string does not match")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, _: Any
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for pattern, schema in patterns.items():
            for key, value in instance.items():
                if _matches(pattern, key):
                    yield from validator.descend(value, schema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        for key, value in instance.items():
            if key in named or any(_matches(pattern, key) for pattern in patterns):
                continue
            if additional is False:
                yield ValidationError("a property is not allowed")
            else:
                yield from validator.descend(value, additional, path=key)


def _unique_items(_: Any, unique: bool, instance: Any, __: Any) -> Iterator[ValidationError]:
    if unique and isinstance(instance, list) and len(set(map(_hashable, instance))) < len(instance):
        yield ValidationError("an item occurs twice")


def _hashable(value: Any) -> Hashable:
    """Returns a key that is equal for values that JSON Schema calls equal: 1 is 1.0 and not true."""
    match value:
        case bool():
            return bool, value
        case list():
            return list, tuple(map(_hashable, value))
        case dict():
            return dict, frozenset((key, _hashable(each)) for key, each in value.items())
        case str() | int() | float() | None:
            return value
        case _:
            raise TypeError(type(value))


_BOUNDED: dict[str, Keyword] = {
    "additionalProperties": _additional_properties,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "uniqueItems": _unique_items,
}
# The function has no types.
_extend: Any = validators.extend
_Validator = _extend(
    Draft202012Validator,
    {name: _timed(keyword) for name, keyword in {**Draft202012Validator.VALIDATORS, **_BOUNDED}.items()},
)
