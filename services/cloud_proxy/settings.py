"""Reads what the cloud proxy takes from the environment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path

from rpckit.settings import Environment, ServerSettings, SettingError
from services.cloud_proxy.catalog import Catalog
from services.cloud_proxy.catalog_file import PACKAGED, CatalogError
from services.cloud_proxy.endpoints import Endpoint, Sdk, is_web_address

_CATALOG_VARIABLE = "CLOUD_PROXY_CATALOG"
_GOOGLE_SDK_VARIABLE = "GOOGLE_SDK"
_KEY_VARIABLES = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "huggingface": ("HF_TOKEN", "HUGGINGFACE_API_KEY"),
}
# An empty default leaves the address to the SDK.
_BASE_URLS = {
    "openai": ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
    "anthropic": ("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
    "google": ("GEMINI_BASE_URL", "https://generativelanguage.googleapis.com"),
    "huggingface": ("HF_BASE_URL", ""),
}
# Headers to send besides, one "Name: value" a line, as the SDKs themselves have it.
_HEADER_VARIABLES = {"openai": "OPENAI_CUSTOM_HEADERS", "anthropic": "ANTHROPIC_CUSTOM_HEADERS"}
_HUGGING_FACE_PREFIX = "hf_"
# The extra, and the package in it without which the SDK cannot speak.
_EXTRAS = {Sdk.OPENAI_BEDROCK: ("bedrock", "boto3"), Sdk.ANTHROPIC_BEDROCK: ("bedrock", "boto3")}

GOOGLE_GENAI = "google-genai"
GOOGLE_GENERATIVEAI = "google-generativeai"


# Where the SDK finds a cloud's credentials, if none of the other places that it looks into has them.
_CREDENTIALS = {
    Sdk.OPENAI_BEDROCK: "AWS_ACCESS_KEY_ID",
    Sdk.ANTHROPIC_BEDROCK: "AWS_ACCESS_KEY_ID",
    Sdk.ANTHROPIC_VERTEX: "GOOGLE_APPLICATION_CREDENTIALS",
    Sdk.GOOGLE_VERTEX: "GOOGLE_APPLICATION_CREDENTIALS",
}


@dataclass(frozen=True, slots=True)
class Connection:
    """How a provider is reached, and the key that opens it.

    Attributes:
        endpoint: Where it is, with what the environment says of it.
        key: The key; "" if there is none.
    """

    endpoint: Endpoint
    key: str = field(repr=False)

    @property
    def key_variable(self) -> str:
        """Returns the variable that says who asks; "" if the provider asks nobody."""
        return self.endpoint.key_variable or _CREDENTIALS.get(self.endpoint.sdk, "")

    @property
    def is_open(self) -> bool:
        """Returns whether there is a key, where one is needed. Only a call tells of a cloud's credentials."""
        return bool(self.key) or not self.endpoint.key_variable


@dataclass(frozen=True, slots=True)
class CloudProxySettings:
    """The cloud proxy's settings.

    Attributes:
        connections: One for each model, by its name.
        google_sdk: Which of Google's two SDKs speaks to Gemini.
        follow_successors: Whether a retired model is answered by its successor.
        calls_per_provider: How many calls one provider is given at once.
        checks_keys: Whether each provider is asked at the start whether it takes its key.
    """

    server: ServerSettings
    catalog: Catalog
    connections: Mapping[str, Connection]
    google_sdk: str
    follow_successors: bool
    calls_per_provider: int
    checks_keys: bool

    @classmethod
    def read(cls, environment: Environment) -> "CloudProxySettings":
        """Reads the environment and the catalog.

        Raises:
            SettingError: A variable or a key of the catalog is wrong.
        """
        path = Path(environment.text(_CATALOG_VARIABLE, str(PACKAGED)))
        try:
            catalog = Catalog.read(path)
        except CatalogError as error:
            raise SettingError(_CATALOG_VARIABLE, f"{path.name}: {error}") from None
        settings = cls(
            server=ServerSettings.read(
                environment, "CLOUD_PROXY", port=50053, max_in_flight=256, only_caller="orchestrator"
            ),
            catalog=catalog,
            connections={
                name: _connection(environment, entry.endpoint) for name, entry in catalog.entries.items()
            },
            google_sdk=environment.choice(
                _GOOGLE_SDK_VARIABLE, GOOGLE_GENAI, (GOOGLE_GENAI, GOOGLE_GENERATIVEAI)
            ),
            follow_successors=environment.flag("CHORUS_FOLLOW_SUCCESSORS"),
            calls_per_provider=environment.integer("CLOUD_PROXY_CALLS_PER_PROVIDER", 32, least=1),
            checks_keys=environment.flag("CLOUD_PROXY_CHECK_KEYS", default=True),
        )
        for connection in settings.connections.values():
            check_extra(connection.endpoint, lambda package: find_spec(package) is not None)
        if settings.google_sdk == GOOGLE_GENERATIVEAI:
            _check_generativeai(settings)
        return settings


def check_extra(endpoint: Endpoint, is_installed: Callable[[str], bool]) -> None:
    """Checks that what an endpoint's SDK needs besides is there.

    Raises:
        SettingError: It is not; the error names the extra.
    """
    extra, package = _EXTRAS.get(endpoint.sdk, ("", ""))
    if package and not is_installed(package):
        wrong = f"endpoints.{endpoint.name}: {endpoint.sdk} needs {package}: install the extra {extra!r}"
        raise SettingError(_CATALOG_VARIABLE, wrong)


def _check_generativeai(settings: CloudProxySettings) -> None:
    """Refuses what google-generativeai cannot do: it has one configuration a process, and knows no tiers."""
    lines = {
        name: settings.connections[name]
        for name in settings.catalog.entries
        if settings.connections[name].endpoint.sdk is Sdk.GOOGLE
    }
    if len(set(lines.values())) > 1:
        raise SettingError(_GOOGLE_SDK_VARIABLE, f"{GOOGLE_GENERATIVEAI} reaches one endpoint with one key")
    for name, connection in lines.items():
        if connection.endpoint.headers or settings.catalog.entries[name].service_tier:
            wrong = f"{GOOGLE_GENERATIVEAI} sends neither headers nor a service tier, which {name} asks for"
            raise SettingError(_GOOGLE_SDK_VARIABLE, wrong)


def _connection(environment: Environment, endpoint: Endpoint) -> Connection:
    if endpoint.is_own:
        endpoint = _with_variables(environment, endpoint)
    key = environment.text(endpoint.key_variable) if endpoint.key_variable else ""
    if endpoint.sdk is Sdk.HUGGINGFACE and key and not endpoint.base_url:
        _check_token(endpoint.key_variable, key)
    return Connection(endpoint, key)


def _with_variables(environment: Environment, endpoint: Endpoint) -> Endpoint:
    """Returns a provider's own endpoint with what the environment says of it and the catalog does not."""
    if not endpoint.base_url and not (endpoint.sdk is Sdk.OPENAI and endpoint.data_region):
        url_variable, default = _BASE_URLS[endpoint.name]
        base_url = environment.text(url_variable, default)
        if base_url and not is_web_address(base_url):
            raise SettingError(url_variable, "not an http or https URL")
        endpoint = replace(endpoint, base_url=base_url.rstrip("/"))
    variables = _KEY_VARIABLES[endpoint.name]
    if endpoint.key_variable and endpoint.key_variable not in variables:
        # Whose organization the variables name is who has the provider's usual key.
        return endpoint
    named = (each for each in variables if environment.text(each))
    is_openai = endpoint.sdk is Sdk.OPENAI
    return replace(
        endpoint,
        key_variable=endpoint.key_variable or next(named, variables[0]),
        headers=tuple((_headers(environment, endpoint.name) | dict(endpoint.headers)).items()),
        organization=endpoint.organization or (environment.text("OPENAI_ORG_ID") if is_openai else ""),
        project=endpoint.project or (environment.text("OPENAI_PROJECT_ID") if is_openai else ""),
    )


def _headers(environment: Environment, provider: str) -> dict[str, str]:
    variable = _HEADER_VARIABLES.get(provider, "")
    lines = environment.text(variable).splitlines() if variable else []
    pairs = [line.partition(":") for line in lines if ":" in line]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _check_token(variable: str, token: str) -> None:
    if not token.startswith(_HUGGING_FACE_PREFIX):
        # The router of Hugging Face takes no other token, and the SDK says so only at the first call.
        raise SettingError(variable, f"a token of Hugging Face begins with {_HUGGING_FACE_PREFIX}")
