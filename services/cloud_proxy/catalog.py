"""Reads the catalog, which says what is known of each model and where it lives.

A line names its model `{provider}/{its name there}`. It says where the provider is reached by the name of an
endpoint or, for a server that speaks OpenAI's API, by an address of its own; our own providers need neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from chorus.model.v1 import generation_pb2, model_pb2
from modelkit.generate_request import MAX_MODEL_NAME
from services.cloud_proxy import endpoints
from services.cloud_proxy.catalog_file import CatalogError, CatalogFiles, keys_of, with_packaged
from services.cloud_proxy.endpoints import OWN_SDKS, Endpoint, Sdk
from services.cloud_proxy.price_list import PRICE_SCHEMA, PriceList, read_date
from services.cloud_proxy.reasoning import Effort, read_efforts

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
                    "endpoint": _TEXT,
                    "base_url": _TEXT,
                    "key_variable": _TEXT,
                    "system_role": {"type": "boolean"},
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
        has_system_role: Whether a chat may begin with a message of the system's.
        thinking_tokens: The room that it is given to think in; 0 if it does not think.
        reasoning_efforts: The levels of thinking that it takes, from the least, in the provider's words.
        default_reasoning_effort: Where a request names none; unspecified leaves it to the provider.
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
    thinking_tokens: int = 0
    reasoning_efforts: Mapping[Effort, str] = field(default_factory=dict)
    default_reasoning_effort: Effort = generation_pb2.REASONING_EFFORT_UNSPECIFIED
    prices: PriceList = field(default_factory=PriceList)
    retirement_date: date | None = None
    successor: str = ""
    service_tier: str = ""
    has_system_role: bool = True

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
        """Reads a file, or those of a folder, lays them over the packaged one, and checks the whole.

        Raises:
            CatalogError: It cannot be read, or a key is wrong.
        """
        files = CatalogFiles.read(path)
        try:
            return cls._of(files.content)
        except CatalogError as error:
            raise files.located(error) from None

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
    place = endpoints.line_endpoint(name, line, places)
    try:
        return Entry(
            **_reasoning(place.sdk, line),
            name=name,
            id=line.get("id", own_name),
            provider=provider,
            display_name=line["display_name"],
            family=line["family"],
            capabilities=frozenset(
                model_pb2.Capability.Value(_CAPABILITY_PREFIX + each) for each in line["capabilities"]
            ),
            endpoint=place,
            max_input_tokens=line.get("max_input_tokens", 0),
            max_output_tokens=line.get("max_output_tokens", 0),
            prices=PriceList.read(line["price"]) if "price" in line else PriceList(),
            retirement_date=_retirement_date(line),
            successor=line.get("successor", ""),
            service_tier=line.get("service_tier", ""),
            has_system_role=line.get("system_role", True),
        )
    except ValueError as error:
        key, _, wrong = str(error).partition(": ")
        raise CatalogError(("models", name, key), wrong) from None


def _reasoning(sdk: Sdk, line: Mapping[str, Any]) -> dict[str, Any]:
    try:
        efforts = read_efforts(sdk, line.get("reasoning_efforts", ()))
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
