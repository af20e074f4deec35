"""Says where models live: an address, the SDK that speaks there, and as whom.

The catalog's table `[endpoints.NAME]` describes one. Those of our own providers, which bear the providers'
names, are there without a table: each is the provider's own address, asked with its key.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from services.cloud_proxy.catalog_file import CatalogError


class Sdk(StrEnum):
    """A way to speak to a provider, by the name that the catalog has for it."""

    OPENAI = "openai"
    AZURE_OPENAI = "azure-openai"
    OPENAI_BEDROCK = "openai-bedrock"
    ANTHROPIC = "anthropic"
    ANTHROPIC_BEDROCK = "anthropic-bedrock"
    ANTHROPIC_FOUNDRY = "anthropic-foundry"
    ANTHROPIC_VERTEX = "anthropic-vertex"
    GOOGLE = "google"
    GOOGLE_VERTEX = "google-vertex"
    HUGGINGFACE = "huggingface"


# The providers that are reached without a line about how, and the SDKs that lead to their machines.
OWN_SDKS: Mapping[str, frozenset[Sdk]] = {
    "openai": frozenset({Sdk.OPENAI}),
    "anthropic": frozenset({Sdk.ANTHROPIC}),
    "google": frozenset({Sdk.GOOGLE, Sdk.GOOGLE_VERTEX}),
    "huggingface": frozenset({Sdk.HUGGINGFACE}),
}
# By OpenTelemetry's names, as far as it has one.
GEN_AI_PROVIDERS: Mapping[Sdk, str] = {
    Sdk.OPENAI: "openai",
    Sdk.AZURE_OPENAI: "azure.ai.openai",
    Sdk.OPENAI_BEDROCK: "aws.bedrock",
    Sdk.ANTHROPIC: "anthropic",
    Sdk.ANTHROPIC_BEDROCK: "aws.bedrock",
    Sdk.ANTHROPIC_FOUNDRY: "azure.ai.inference",
    Sdk.ANTHROPIC_VERTEX: "gcp.vertex_ai",
    Sdk.GOOGLE: "gcp.gemini",
    Sdk.GOOGLE_VERTEX: "gcp.vertex_ai",
    Sdk.HUGGINGFACE: "huggingface",
}
CHAT_COMPLETIONS = frozenset({Sdk.OPENAI, Sdk.AZURE_OPENAI, Sdk.OPENAI_BEDROCK})
# Those of which the API takes a service tier.
TIERED = frozenset({Sdk.OPENAI, Sdk.GOOGLE, Sdk.GOOGLE_VERTEX})

_CLOUDS = frozenset({Sdk.OPENAI_BEDROCK, Sdk.ANTHROPIC_BEDROCK, Sdk.ANTHROPIC_VERTEX, Sdk.GOOGLE_VERTEX})

_REQUIRED: Mapping[Sdk, tuple[str, ...]] = {
    Sdk.AZURE_OPENAI: ("base_url", "api_version", "key_variable"),
    Sdk.OPENAI_BEDROCK: ("region",),
    Sdk.ANTHROPIC_BEDROCK: ("region",),
    Sdk.ANTHROPIC_FOUNDRY: ("base_url", "key_variable"),
    Sdk.ANTHROPIC_VERTEX: ("project", "region"),
    Sdk.GOOGLE_VERTEX: ("project", "region"),
}
_OPTIONAL: Mapping[Sdk, tuple[str, ...]] = {
    Sdk.OPENAI: ("key_variable", "organization", "project", "data_region", "max_completion_tokens"),
    Sdk.AZURE_OPENAI: ("max_completion_tokens",),
    Sdk.OPENAI_BEDROCK: ("key_variable", "max_completion_tokens"),
    Sdk.ANTHROPIC: ("key_variable", "data_region"),
    Sdk.ANTHROPIC_BEDROCK: ("key_variable",),
    Sdk.GOOGLE: ("key_variable",),
    Sdk.HUGGINGFACE: ("key_variable",),
}
_FOR_ALL = ("sdk", "base_url", "headers")
_NEEDS_KEY = frozenset({Sdk.OPENAI, Sdk.ANTHROPIC, Sdk.GOOGLE, Sdk.HUGGINGFACE})
# As the SDK has them; each is an address of its own.
_OPENAI_REGIONS = ("global", "us", "eu", "ae", "au", "in", "jp")
_OPENAI_HOSTS = (".api.openai.com", ".openai.azure.com")

# A name or value of a header that could end it would let a catalog write into the request.
_HEADER_NAME = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"
_HEADER_VALUE = "^[\\x20-\\x7e]+$"
_TEXT = {"type": "string", "minLength": 1}
SCHEMA = {
    "type": "object",
    "propertyNames": {"pattern": "^[A-Za-z0-9._-]{1,64}$"},
    "additionalProperties": {
        "type": "object",
        "required": ["sdk"],
        "additionalProperties": False,
        "properties": {
            "sdk": {"enum": [each.value for each in Sdk]},
            "base_url": _TEXT,
            "key_variable": _TEXT,
            "headers": {
                "type": "object",
                "propertyNames": {"pattern": _HEADER_NAME},
                "additionalProperties": {"type": "string", "pattern": _HEADER_VALUE},
            },
            "organization": _TEXT,
            "project": _TEXT,
            "region": _TEXT,
            "data_region": _TEXT,
            "api_version": _TEXT,
            "max_completion_tokens": {"type": "boolean"},
        },
    },
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place where models are reached.

    Attributes:
        base_url: The address; "" leaves it to the SDK. Of Azure OpenAI it is the resource's, without a path.
        key_variable: The variable that holds the key; "" for a server that asks for none, or whose SDK finds
            the credentials of a cloud in the environment.
        headers: Names and values of what is sent besides.
        organization: The organization at OpenAI that is asked and billed.
        project: The project at OpenAI or Google Cloud.
        region: Where the cloud runs the model, for example "eu-central-1" or "global".
        data_region: Where OpenAI or Anthropic keeps data and computes.
        api_version: The version of Azure's API.
        max_completion_tokens: Whether Chat Completions take the limit by this name; else it is `max_tokens`.
    """

    name: str
    sdk: Sdk = Sdk.OPENAI
    base_url: str = ""
    key_variable: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    organization: str = ""
    project: str = ""
    region: str = ""
    data_region: str = ""
    api_version: str = ""
    max_completion_tokens: bool = False

    @property
    def is_own(self) -> bool:
        """Returns whether it is a provider's own, whose address and key have variables of their own."""
        return _is_own(self.name, self.sdk)

    @property
    def is_local(self) -> bool:
        """Returns whether its server is on this machine, where there may be no more than a CPU."""
        return bool(self.base_url) and _is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def finds_credentials(self) -> bool:
        """Returns whether its SDK finds the credentials of a cloud in the environment by itself."""
        return self.sdk in _CLOUDS and not self.key_variable


def own_endpoint(provider: str) -> Endpoint:
    """Returns the endpoint of a provider that has no table in the catalog."""
    sdk = Sdk(provider)
    return Endpoint(provider, sdk, max_completion_tokens=sdk in CHAT_COMPLETIONS)


def _compatible_endpoint(provider: str, base_url: str, key_variable: str) -> Endpoint:
    """Returns the endpoint of a line that says itself where its OpenAI-compatible server is."""
    return Endpoint(
        provider,
        base_url=base_url.rstrip("/"),
        key_variable=key_variable,
        max_completion_tokens=_is_openais(base_url),
    )


def endpoint(name: str, table: Mapping[str, Any]) -> Endpoint:
    """Reads a table of the catalog that keeps to the schema.

    Raises:
        CatalogError: A key is missing, or is not one of this SDK.
    """
    sdk = Sdk(table["sdk"])
    _check_keys(name, sdk, table)
    base_url = table.get("base_url", "").rstrip("/")
    is_openais = _is_own(name, sdk) or sdk is not Sdk.OPENAI or _is_openais(base_url)
    return Endpoint(
        name=name,
        sdk=sdk,
        base_url=base_url,
        key_variable=table.get("key_variable", ""),
        headers=tuple(table.get("headers", {}).items()),
        organization=table.get("organization", ""),
        project=table.get("project", ""),
        region=table.get("region", ""),
        data_region=table.get("data_region", ""),
        api_version=table.get("api_version", ""),
        max_completion_tokens=table.get("max_completion_tokens", sdk in CHAT_COMPLETIONS and is_openais),
    )


def line_endpoint(name: str, line: Mapping[str, Any], places: Mapping[str, Endpoint]) -> Endpoint:
    """Returns where a line's model lives.

    Args:
        name: The model's name, which begins with its provider.
        line: What the catalog says of it.
        places: The endpoints there are, by their names.

    Raises:
        CatalogError: A key of the line is wrong.
    """
    place = _place(name, line, places)
    if "service_tier" in line and place.sdk not in TIERED:
        raise CatalogError(("models", name, "service_tier"), f"{place.sdk} has none")
    if "max_completion_tokens" not in line:
        return place
    if place.sdk not in CHAT_COMPLETIONS:
        raise CatalogError(("models", name, "max_completion_tokens"), f"{place.sdk} has one name for it")
    return replace(place, max_completion_tokens=line["max_completion_tokens"])


def _place(name: str, line: Mapping[str, Any], places: Mapping[str, Endpoint]) -> Endpoint:
    where, provider = ("models", name), name.partition("/")[0]
    base_url = line.get("base_url", "")
    if "endpoint" in line:
        for key in ("base_url", "key_variable"):
            if key in line:
                raise CatalogError((*where, key), "the endpoint says it")
        place = places.get(line["endpoint"])
        if place is None:
            raise CatalogError((*where, "endpoint"), f"there is no [endpoints.{line['endpoint']}]")
        if provider in OWN_SDKS and place.sdk not in OWN_SDKS[provider]:
            wrong = f"{place.sdk} does not lead to {provider}; begin the model's name with another word"
            raise CatalogError((*where, "endpoint"), wrong)
        return place
    if (provider in OWN_SDKS) == bool(base_url):
        wrong = (
            "has an adapter of its own" if base_url else "is none of ours, so it needs one, or an endpoint"
        )
        raise CatalogError((*where, "base_url"), f"{provider} {wrong}")
    if not base_url:
        place = places[provider]
        return replace(place, key_variable=line["key_variable"]) if "key_variable" in line else place
    if not is_web_address(base_url):
        raise CatalogError((*where, "base_url"), "not an http or https URL")
    return _compatible_endpoint(provider, base_url, line.get("key_variable", ""))


def _check_keys(name: str, sdk: Sdk, table: Mapping[str, Any]) -> None:
    where = ("endpoints", name)
    if name in OWN_SDKS and sdk not in OWN_SDKS[name]:
        raise CatalogError((*where, "sdk"), f"{sdk} does not lead to {name}; give the endpoint another name")
    required, optional = _REQUIRED.get(sdk, ()), _OPTIONAL.get(sdk, ())
    for key in table:
        if key not in (*_FOR_ALL, *required, *optional):
            raise CatalogError((*where, key), f"{sdk} takes no such key")
    # Only a server that speaks OpenAI's API may ask for no key.
    needs_key = (
        sdk in _NEEDS_KEY and not _is_own(name, sdk) and not (sdk is Sdk.OPENAI and "base_url" in table)
    )
    for key in (*required, "key_variable") if needs_key else required:
        if key not in table:
            raise CatalogError((*where, key), f"{sdk} needs it")
    _check_address(where, sdk, table)


def _check_address(where: tuple[str, ...], sdk: Sdk, table: Mapping[str, Any]) -> None:
    if "base_url" in table and not is_web_address(table["base_url"]):
        raise CatalogError((*where, "base_url"), "not an http or https URL")
    if sdk is Sdk.OPENAI and "data_region" in table:
        if "base_url" in table:
            raise CatalogError((*where, "data_region"), "it is an address of its own, as base_url is")
        if table["data_region"] not in _OPENAI_REGIONS:
            raise CatalogError((*where, "data_region"), f"none of {', '.join(_OPENAI_REGIONS)}")


def _is_own(name: str, sdk: Sdk) -> bool:
    return name in OWN_SDKS and name == sdk.value


def is_web_address(url: str) -> bool:
    """Returns whether it is an http or https URL with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_openais(base_url: str) -> bool:
    """Returns whether OpenAI's own models are at an address; "" leaves it to OpenAI's SDK."""
    return not base_url or f".{urlsplit(base_url).hostname}".endswith(_OPENAI_HOSTS)
