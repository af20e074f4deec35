"""Reads JSON as RFC 8259 has it: no NaN, no Infinity, and no number that a double cannot hold."""

import json
import math
from typing import Any, NoReturn

# The largest double has 309 digits; longer ones are refused before they are multiplied out.
_MAX_INTEGER_CHARACTERS = 310


def parse(text: str) -> Any:
    """Parses one JSON text.

    Raises:
        ValueError: It is not JSON, or nested beyond Python's own limit. The message quotes none of it.
    """
    try:
        return json.loads(text, parse_int=_integer, parse_float=_float, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def depth(value: Any) -> int:
    """Returns how deeply arrays and objects are nested: 0 for a string, 1 for an empty object."""
    deepest = 0
    pending = [(value, 1)]
    while pending:
        container, level = pending.pop()
        if not isinstance(container, dict | list):
            continue
        deepest = max(deepest, level)
        children = container.values() if isinstance(container, dict) else container
        pending += ((child, level + 1) for child in children)
    return deepest


def count(value: Any, most: int) -> int:
    """Returns how many values a value holds, itself among them; what is above `most` is not counted on."""
    pending, found = [value], 0
    while pending and found <= most:
        each = pending.pop()
        found += 1
        if isinstance(each, dict | list):
            pending.extend(each.values() if isinstance(each, dict) else each)
    return found


def holds_lone_surrogates(value: Any) -> bool:
    """Returns whether a string or a key has half of a surrogate pair, which UTF-8 cannot carry."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _integer(digits: str) -> int:
    if len(digits) <= _MAX_INTEGER_CHARACTERS:
        value = int(digits)
        try:
            float(value)
        except OverflowError:
            pass
        else:
            return value
    raise ValueError("a number is too large")


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
