"""Each SDK has its adapter here, imported when a provider is connected: all take two seconds and 150 MB."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from services.cloud_proxy.endpoints import Sdk
from services.cloud_proxy.provider import Provider
from services.cloud_proxy.settings import GOOGLE_GENERATIVEAI, Connection

# ruff: noqa: PLC0415

# What the SDKs read from the environment by themselves: organizations, headers, addresses, and logs that hold
# the texts. Our settings say what of it holds, and for whom; a server of somebody else must not get any.
_READ_BY_SDKS = ("OPENAI_", "AZURE_OPENAI_", "AWS_BEDROCK_", "ANTHROPIC_", "GOOGLE_GENAI_")


def connect(connection: Connection, google_sdk: str, calls: int) -> Provider:
    """Returns the adapter for a connection.

    Args:
        connection: Names the endpoint and holds the key.
        google_sdk: Which of Google's two SDKs speaks to Gemini.
        calls: How many calls the adapter is given at once, at most.
    """
    with _own_settings_alone():
        match connection.endpoint.sdk:
            case Sdk.ANTHROPIC | Sdk.ANTHROPIC_BEDROCK | Sdk.ANTHROPIC_FOUNDRY | Sdk.ANTHROPIC_VERTEX:
                from services.cloud_proxy.providers.anthropic import Anthropic

                return Anthropic(connection)
            case Sdk.GOOGLE if google_sdk == GOOGLE_GENERATIVEAI:
                from services.cloud_proxy.providers.generativeai import GenerativeAI

                return GenerativeAI(connection, calls)
            case Sdk.GOOGLE | Sdk.GOOGLE_VERTEX:
                from services.cloud_proxy.providers.gemini import Gemini

                return Gemini(connection)
            case Sdk.HUGGINGFACE:
                from services.cloud_proxy.providers.huggingface import HuggingFace

                return HuggingFace(connection)
            case Sdk.OPENAI | Sdk.AZURE_OPENAI | Sdk.OPENAI_BEDROCK:
                from services.cloud_proxy.providers.openai import OpenAI

                return OpenAI(connection)


@contextmanager
def _own_settings_alone() -> Iterator[None]:
    """Hides from an SDK, while it is imported and its client is made, what it would read by itself."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(_READ_BY_SDKS)}
    try:
        yield
    finally:
        os.environ.update(hidden)
