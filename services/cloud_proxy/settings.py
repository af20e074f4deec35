"""Reads what the cloud proxy takes from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rpckit.settings import Environment, ServerSettings, SettingError
from services.cloud_proxy.catalog import Catalog, CatalogError, Entry, is_web_address

_CATALOG = Path(__file__).parent / "catalog.toml"
_CATALOG_VARIABLE = "CLOUD_PROXY_CATALOG"
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
_HUGGING_FACE_PREFIX = "hf_"

GOOGLE_GENAI = "google-genai"
GOOGLE_GENERATIVEAI = "google-generativeai"


@dataclass(frozen=True, slots=True)
class Connection:
    """How a provider is reached.

    Attributes:
        base_url: The address of its API; "" leaves it to the SDK.
        key_variable: The variable to set the key with; "" if the provider asks for none.
        key: The key; "" if there is none.
    """

    provider: str
    base_url: str
    key_variable: str
    key: str = field(repr=False)

    @property
    def is_open(self) -> bool:
        """Returns whether there is a key, where one is needed."""
        return bool(self.key) or not self.key_variable


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
        path = Path(environment.text(_CATALOG_VARIABLE, str(_CATALOG)))
        try:
            catalog = Catalog.read(path)
        except CatalogError as error:
            raise SettingError(_CATALOG_VARIABLE, f"{path.name}: {error}") from None
        own = {provider: _connection(environment, provider) for provider in _KEY_VARIABLES}
        return cls(
            server=ServerSettings.read(environment, "CLOUD_PROXY", port=50053, max_in_flight=256),
            catalog=catalog,
            connections={
                name: own.get(entry.provider) or _compatible(environment, entry)
                for name, entry in catalog.entries.items()
            },
            google_sdk=environment.choice("GOOGLE_SDK", GOOGLE_GENAI, (GOOGLE_GENAI, GOOGLE_GENERATIVEAI)),
            follow_successors=environment.flag("CHORUS_FOLLOW_SUCCESSORS"),
            calls_per_provider=environment.integer("CLOUD_PROXY_CALLS_PER_PROVIDER", 32, least=1),
            checks_keys=environment.flag("CLOUD_PROXY_CHECK_KEYS", default=True),
        )


def _connection(environment: Environment, provider: str) -> Connection:
    url_variable, default = _BASE_URLS[provider]
    base_url = environment.text(url_variable, default)
    if base_url and not is_web_address(base_url):
        raise SettingError(url_variable, "not an http or https URL")
    variables = _KEY_VARIABLES[provider]
    key_variable = next((each for each in variables if environment.text(each)), variables[0])
    key = environment.text(key_variable)
    if provider == "huggingface" and key and not base_url and not key.startswith(_HUGGING_FACE_PREFIX):
        # The router of Hugging Face takes no other token, and the SDK says so only at the first call.
        raise SettingError(key_variable, f"a token of Hugging Face begins with {_HUGGING_FACE_PREFIX}")
    return Connection(provider, base_url.rstrip("/"), key_variable, key)


def _compatible(environment: Environment, entry: Entry) -> Connection:
    key = environment.text(entry.key_variable) if entry.key_variable else ""
    return Connection(entry.provider, entry.base_url.rstrip("/"), entry.key_variable, key)
