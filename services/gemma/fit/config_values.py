"""Reads what a `config.json` says, and names what is missing or no size."""

from collections.abc import Mapping
from typing import Any

from services.gemma.interface.load_error import LoadError


def section(value: Any, name: str) -> dict[str, Any]:
    """Returns an object of the config.

    Raises:
        LoadError: It is none.
    """
    if not isinstance(value, dict):
        raise LoadError(f"{name} is no JSON object")
    return value


def size(config: Mapping[str, Any], key: str) -> int:
    """Returns a whole number from 1 on.

    Raises:
        LoadError: It is missing, or is no such number.
    """
    if key not in config:
        raise LoadError(f"config.json does not say {key}")
    value = config[key]
    if not isinstance(value, int) or value < 1:
        raise LoadError(f"config.json: {key} is {value!r}, no size")
    return value
