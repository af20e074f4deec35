"""Reads the catalog, one TOML file that says what is known of each model.

A line names its model `{provider}/{its name there}`. A provider without an adapter of its own speaks OpenAI's
API at the line's `base_url`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from chorus.model.v1 import generation_pb2, model_pb2
from modelkit.generate_request import MAX_MODEL_NAME
from services.cloud_proxy.price_list import PRICE_SCHEMA, PriceList, read_date
from services.cloud_proxy.reasoning import Effort, read_efforts

OWN_ADAPTER = frozenset({"openai", "anthropic", "google", "huggingface"})

_CAPABILITY_PREFIX = "CAPABILITY_"
_CAPABILITIES = tuple(
    name.removeprefix(_CAPABILITY_PREFIX)
    for name, value in model_pb2.Capability.items()
    if value != model_pb2.CAPABILITY_UNSPECIFIED
)
_TEXT = {"type": "string", "minLength": 1}
_TOKENS = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_SCHEMA = {
    "type": "object",
    "required": ["models"],
    "additionalProperties": False,
    "properties": {
        "models": {
            "type": "object",
            "propertyNames": {"pattern": "^[^/]+/.+$", "maxLength": MAX_MODEL_NAME},
            "additionalProperties": {
                "type": "object",
                "required": ["display_name", "family", "capabilities"],
                "additionalProperties": False,
                "dependentRequired": {
                    "reasoning_efforts": ["thinking_tokens"],
                    "default_reasoning_effort": ["reasoning_efforts"],
                },
                "properties": {
                    "id": _TEXT,
                    "display_name": _TEXT,
                    "family": _TEXT,
                    "capabilities": {"type": "array", "items": {"enum": list(_CAPABILITIES)}},
                    "max_input_tokens": _TOKENS,
                    "max_output_tokens": _TOKENS,
                    "thinking_tokens": _TOKENS,
                    "reasoning_efforts": {"type": "array", "items": _TEXT, "minItems": 1},
                    "default_reasoning_effort": _TEXT,
                    "price": PRICE_SCHEMA,
                    "retirement_date": _TEXT,
                    "successor": _TEXT,
                    "base_url": _TEXT,
                    "key_variable": _TEXT,
                },
            },
        },
    },
}


class CatalogError(ValueError):
    """The catalog is malformed; the message names the key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalog.

    Attributes:
        id: The provider's own name for the model.
        max_input_tokens: 0 if it is not known, as is `max_output_tokens`.
        thinking_tokens: The room that it is given to think in; 0 if it does not think.
        reasoning_efforts: The levels of thinking that it takes, from the least, in the provider's words.
        default_reasoning_effort: Where a request names none; unspecified leaves it to the provider.
        base_url: The address of an OpenAI-compatible server; "" for a provider with an adapter of its own,
            whose address the settings hold.
        key_variable: The variable that holds the key; "" for a server that asks for none.
    """

    name: str
    id: str
    provider: str
    display_name: str
    family: str
    capabilities: frozenset[model_pb2.Capability.ValueType]
    max_input_tokens: int = 0
    max_output_tokens: int = 0
    thinking_tokens: int = 0
    reasoning_efforts: Mapping[Effort, str] = field(default_factory=dict)
    default_reasoning_effort: Effort = generation_pb2.REASONING_EFFORT_UNSPECIFIED
    prices: PriceList = field(default_factory=PriceList)
    retirement_date: date | None = None
    successor: str = ""
    base_url: str = ""
    key_variable: str = ""

    def can(self, capability: model_pb2.Capability.ValueType) -> bool:
        """Returns whether the model has a capability."""
        return capability in self.capabilities

    def is_retired(self, today: date) -> bool:
        """Returns whether the provider's shutdown date has come."""
        return self.retirement_date is not None and self.retirement_date <= today


@dataclass(frozen=True, slots=True)
class Catalog:
    """Holds every line, by the name of its model."""

    entries: Mapping[str, Entry]

    @classmethod
    def read(cls, path: Path) -> "Catalog":
        """Reads and checks the file.

        Raises:
            CatalogError: It cannot be read, or a key is wrong.
        """
        try:
            content = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise CatalogError(str(error)) from None
        wrong = best_match(Draft202012Validator(_SCHEMA).iter_errors(content))
        if wrong is not None:
            raise CatalogError(f"{wrong.json_path}: {wrong.message}")
        entries = {name: _entry(name, line) for name, line in content["models"].items()}
        for entry in entries.values():
            if entry.successor and entry.successor not in entries:
                raise CatalogError(f"models.{entry.name}.successor: {entry.successor} is not in the catalog")
        return cls(entries)

    def successor(self, entry: Entry, today: date) -> Entry:
        """Returns the first of a retired model's successors that still answers, or the last if none does."""
        seen = {entry.name}
        while entry.is_retired(today) and entry.successor and entry.successor not in seen:
            entry = self.entries[entry.successor]
            seen.add(entry.name)
        return entry


def _entry(name: str, line: Mapping[str, Any]) -> Entry:
    provider, _, own_name = name.partition("/")
    base_url = line.get("base_url", "")
    if (provider in OWN_ADAPTER) == bool(base_url):
        wrong = "has an adapter of its own" if base_url else "is none of ours, so it needs one"
        raise CatalogError(f"models.{name}.base_url: {provider} {wrong}")
    if base_url and not is_web_address(base_url):
        raise CatalogError(f"models.{name}.base_url: not an http or https URL")
    try:
        return Entry(
            **_reasoning(provider, line),
            name=name,
            id=line.get("id", own_name),
            provider=provider,
            display_name=line["display_name"],
            family=line["family"],
            capabilities=frozenset(
                model_pb2.Capability.Value(_CAPABILITY_PREFIX + each) for each in line["capabilities"]
            ),
            max_input_tokens=line.get("max_input_tokens", 0),
            max_output_tokens=line.get("max_output_tokens", 0),
            prices=PriceList.read(line["price"]) if "price" in line else PriceList(),
            retirement_date=_retirement_date(line),
            successor=line.get("successor", ""),
            base_url=base_url,
            key_variable=line.get("key_variable", ""),
        )
    except ValueError as error:
        raise CatalogError(f"models.{name}.{error}") from None


def is_web_address(url: str) -> bool:
    """Returns whether it is an http or https URL with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _reasoning(provider: str, line: Mapping[str, Any]) -> dict[str, Any]:
    try:
        efforts = read_efforts(provider, line.get("reasoning_efforts", ()))
    except ValueError as error:
        raise ValueError(f"reasoning_efforts: {error}") from None
    by_word = {"": generation_pb2.REASONING_EFFORT_UNSPECIFIED} | {
        word: each for each, word in efforts.items()
    }
    default = line.get("default_reasoning_effort", "")
    if default not in by_word:
        raise ValueError(f"default_reasoning_effort: {default!r} is none of {', '.join(efforts.values())}")
    return {
        "thinking_tokens": line.get("thinking_tokens", 0),
        "reasoning_efforts": efforts,
        "default_reasoning_effort": by_word[default],
    }


def _retirement_date(line: Mapping[str, Any]) -> date | None:
    return read_date("retirement_date", line["retirement_date"]) if "retirement_date" in line else None
