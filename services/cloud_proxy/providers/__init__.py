"""Each SDK has one file here, imported when its provider is connected: all take two seconds and 150 MB."""

from services.cloud_proxy.provider import Provider
from services.cloud_proxy.settings import GOOGLE_GENERATIVEAI, Connection

# ruff: noqa: PLC0415


def connect(connection: Connection, google_sdk: str, calls: int) -> Provider:
    """Returns the adapter for a connection.

    Args:
        connection: Names the provider, its address and the key.
        google_sdk: Which of Google's two SDKs speaks to Gemini.
        calls: How many calls the adapter is given at once, at most.
    """
    match connection.provider:
        case "anthropic":
            from services.cloud_proxy.providers.anthropic import Anthropic

            return Anthropic(connection)
        case "google" if google_sdk == GOOGLE_GENERATIVEAI:
            from services.cloud_proxy.providers.generativeai import GenerativeAI

            return GenerativeAI(connection, calls)
        case "google":
            from services.cloud_proxy.providers.gemini import Gemini

            return Gemini(connection)
        case "huggingface":
            from services.cloud_proxy.providers.huggingface import HuggingFace

            return HuggingFace(connection)
        case _:
            from services.cloud_proxy.providers.openai import OpenAI

            return OpenAI(connection)
