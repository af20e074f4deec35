"""A cloud proxy in front of an emulated provider. Nothing here can reach a real one."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rpckit.server import serving
from rpckit.settings import Environment
from services.cloud_proxy.__main__ import register
from services.cloud_proxy.settings import CloudProxySettings
from tests.fakes.providers.anthropic import Messages
from tests.fakes.providers.emulator import Dialect, Emulator, running
from tests.fakes.providers.gemini import GenerateContent
from tests.fakes.providers.openai import ChatCompletions

_CATALOG = Path(__file__).parent / "catalog.toml"
_COMPATIBLE = """
[models."compatible/talker"]
display_name = "Talker"
family = "somebody"
capabilities = ["TEXT", "JSON_SCHEMA", "IMAGE_INPUT", "SAMPLING", "SEED"]
max_input_tokens = 20000
max_output_tokens = 400
price = {{ input = 1.00, cached_input = 0.10, output = 5.00 }}
base_url = "{}/v1"
key_variable = "COMPATIBLE_KEY"

[models."compatible/plain"]
display_name = "Plain"
family = "somebody"
capabilities = ["TEXT", "JSON_SCHEMA", "IMAGE_INPUT"]
base_url = "{}/v1"
key_variable = "COMPATIBLE_KEY"
system_role = false
"""


@dataclass(frozen=True)
class Adapter:
    """One adapter of the cloud proxy, and the API it is tested against."""

    name: str
    model: str
    dialect: Dialect
    url_variable: str
    key_variable: str
    path: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    key: str = "hf_not-a-key"


OPENAI = Adapter(
    "openai", "openai/talker", ChatCompletions(), "OPENAI_BASE_URL", "OPENAI_API_KEY", path="/v1"
)
ANTHROPIC = Adapter("anthropic", "anthropic/talker", Messages(), "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY")
GENAI = Adapter("google-genai", "google/talker", GenerateContent(), "GEMINI_BASE_URL", "GOOGLE_API_KEY")
GENERATIVEAI = Adapter(
    "google-generativeai",
    "google/talker",
    GenerateContent(),
    "GEMINI_BASE_URL",
    "GOOGLE_API_KEY",
    settings={"GOOGLE_SDK": "google-generativeai"},
)
HUGGINGFACE = Adapter(
    "huggingface", "huggingface/google/talker", ChatCompletions(), "HF_BASE_URL", "HF_TOKEN", path="/v1"
)
COMPATIBLE = Adapter("compatible", "compatible/talker", ChatCompletions(), "", "COMPATIBLE_KEY")

ADAPTERS = (OPENAI, ANTHROPIC, GENAI, GENERATIVEAI, HUGGINGFACE, COMPATIBLE)


@asynccontextmanager
async def proxying(adapter: Adapter) -> AsyncIterator[tuple[Emulator, str]]:
    """Runs the provider and the proxy; yields the provider and the proxy's "host:port"."""
    async with running(adapter.dialect) as emulator, proxy_for(adapter, emulator.address) as address:
        yield emulator, address


@asynccontextmanager
async def proxy_for(adapter: Adapter, provider: str, **settings: str) -> AsyncIterator[str]:
    """Runs the proxy alone, with `provider` as the address of every provider it could call."""
    with TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.toml"
        catalog.write_text(_CATALOG.read_text() + _COMPATIBLE.format(provider, provider))
        variables = {each.url_variable: provider + each.path for each in ADAPTERS if each.url_variable} | {
            adapter.key_variable: adapter.key,
            "CLOUD_PROXY_PORT": "0",
            "CLOUD_PROXY_CATALOG": str(catalog),
            # It would be one more connection, at any time.
            "CLOUD_PROXY_CHECK_KEYS": "no",
            "CHORUS_DRAIN_PAUSE_SECONDS": "0",
            "CHORUS_DRAIN_GRACE_SECONDS": "0.2",
        }
        read = CloudProxySettings.read(Environment(variables | dict(adapter.settings) | settings))
    async with serving(read, register) as port:
        yield f"127.0.0.1:{port}"
