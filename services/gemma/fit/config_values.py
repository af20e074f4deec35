"""Reads what a `config.json` says, and names what is missing or no size."""

import sys
from collections.abc import Mapping
from typing import Any

from services.gemma.interface.load_error import LoadError

# Of each layer an object is made. The biggest Gemma has 62.
_MOST_LAYERS = 1024


def section(value: Any, name: str) -> dict[str, Any]:
    """Returns an object of the config.

    Raises:
        LoadError: It is none.
    """
    if not isinstance(value, dict):
        raise LoadError(f"{name} is no JSON object")
    return value


def size(config: Mapping[str, Any], key: str, most: int = sys.maxsize) -> int:
    """Returns a whole number from 1 to `most`.

    Raises:
        LoadError: It is missing, or is no such number.
    """
    if key not in config:
        raise LoadError(f"config.json does not say {key}")
    value = config[key]
    if not isinstance(value, int) or not 1 <= value <= most:
        raise LoadError(f"config.json: {key} is {value!r}, no size")
    return value


def layer_count(config: Mapping[str, Any]) -> int:
    """Returns the number of decoder layers.

    Raises:
        LoadError: It is missing, or more than any model has.
    """
    return size(config, "num_hidden_layers", _MOST_LAYERS)
