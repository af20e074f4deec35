"""Reads the catalog, which says what is known of each model and where it lives.

A line names its model `{provider}/{its name there}`. It says where the provider is reached by the name of an
endpoint or, for a server that speaks OpenAI's API, by an address of its own; our own providers need neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from chorus.model.v1 import model_pb2
from modelkit.generate_request import MAX_MODEL_NAME
from services.cloud_proxy import endpoints
from services.cloud_proxy.catalog_file import CatalogError, CatalogFile, keys_of, with_packaged
from services.cloud_proxy.endpoints import OWN_SDKS, Endpoint

_CAPABILITY_PREFIX = "CAPABILITY_"
_CAPABILITIES = tuple(
    name.removeprefix(_CAPABILITY_PREFIX)
    for name, value in model_pb2.Capability.items()
    if value != model_pb2.CAPABILITY_UNSPECIFIED
)
_NANOS = 10**9
_TEXT = {"type": "string", "minLength": 1}
_TOKENS = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
_USD = {"type": "number", "minimum": 0}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "packaged": {"type": "boolean"},
        "endpoints": endpoints.SCHEMA,
        "models": {
            "type": "object",
            "propertyNames": {"pattern": "^[^/]+/.+$", "maxLength": MAX_MODEL_NAME},
            "additionalProperties": {
                "type": "object",
                "required": ["display_name", "family", "capabilities"],
                "additionalProperties": False,
                "properties": {
                    "id": _TEXT,
                    "display_name": _TEXT,
                    "family": _TEXT,
                    "capabilities": {"type": "array", "items": {"enum": list(_CAPABILITIES)}},
                    "max_input_tokens": _TOKENS,
                    "max_output_tokens": _TOKENS,
                    "price": {
                        "type": "object",
                        "required": ["input", "output"],
                        "additionalProperties": False,
                        "properties": {"input": _USD, "cached_input": _USD, "output": _USD},
                    },
                    "retirement_date": _TEXT,
                    "successor": _TEXT,
                    "endpoint": _TEXT,
                    "base_url": _TEXT,
                    "key_variable": _TEXT,
                    "max_completion_tokens": {"type": "boolean"},
                    "service_tier": {"enum": ["flex"]},
                },
            },
        },
    },
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalog.

    Attributes:
        id: The provider's own name for the model.
        endpoint: Where it lives, as the catalog says; the environment may say more.
        max_input_tokens: 0 if it is not known, as is `max_output_tokens`.
        price: None if it is not known.
        service_tier: How soon and at what price it is answered; "" leaves it to the provider.
    """

    name: str
    id: str
    provider: str
    display_name: str
    family: str
    capabilities: frozenset[model_pb2.Capability.ValueType]
    endpoint: Endpoint
    max_input_tokens: int = 0
    max_output_tokens: int = 0
    price: model_pb2.Price | None = None
    retirement_date: date | None = None
    successor: str = ""
    service_tier: str = ""

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
        """Reads a file and lays it over the packaged one, and checks both.

        Raises:
            CatalogError: It cannot be read, or a key is wrong.
        """
        file = CatalogFile.read(path)
        try:
            return cls._of(file.content)
        except CatalogError as error:
            raise file.located(error) from None

    @classmethod
    def _of(cls, content: Mapping[str, Any]) -> "Catalog":
        content, removed = with_packaged(content)
        wrong = best_match(Draft202012Validator(_SCHEMA).iter_errors(content))
        if wrong is not None:
            raise CatalogError(keys_of(wrong), wrong.message)
        places = {provider: endpoints.own_endpoint(provider) for provider in OWN_SDKS}
        for name, table in content.get("endpoints", {}).items():
            places[name] = endpoints.endpoint(name, table)
        entries = {name: _entry(name, line, places) for name, line in content.get("models", {}).items()}
        if not entries:
            raise CatalogError(("models",), "there is none")
        for name, entry in entries.items():
            if entry.successor in removed:
                entries[name] = replace(entry, successor="")
            elif entry.successor and entry.successor not in entries:
                raise CatalogError(("models", name, "successor"), f"{entry.successor} is not in the catalog")
        return cls(entries)

    def successor(self, entry: Entry, today: date) -> Entry:
        """Returns the first of a retired model's successors that still answers, or the last if none does."""
        seen = {entry.name}
        while entry.is_retired(today) and entry.successor and entry.successor not in seen:
            entry = self.entries[entry.successor]
            seen.add(entry.name)
        return entry


def _entry(name: str, line: Mapping[str, Any], places: Mapping[str, Endpoint]) -> Entry:
    provider, _, own_name = name.partition("/")
    return Entry(
        name=name,
        id=line.get("id", own_name),
        provider=provider,
        display_name=line["display_name"],
        family=line["family"],
        capabilities=frozenset(
            model_pb2.Capability.Value(_CAPABILITY_PREFIX + each) for each in line["capabilities"]
        ),
        endpoint=endpoints.line_endpoint(name, line, places),
        max_input_tokens=line.get("max_input_tokens", 0),
        max_output_tokens=line.get("max_output_tokens", 0),
        price=_price(line["price"]) if "price" in line else None,
        retirement_date=_date(name, line["retirement_date"]) if "retirement_date" in line else None,
        successor=line.get("successor", ""),
        service_tier=line.get("service_tier", ""),
    )


def _price(line: Mapping[str, Any]) -> model_pb2.Price:
    return model_pb2.Price(
        input_usd_nanos=int(line["input"] * _NANOS),
        cached_input_usd_nanos=int(line.get("cached_input", line["input"]) * _NANOS),
        output_usd_nanos=int(line["output"] * _NANOS),
    )


def _date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        wrong = f"{value!r} is not YYYY-MM-DD"
        raise CatalogError(("models", name, "retirement_date"), wrong) from None
