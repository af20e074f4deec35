"""Makes the client of OpenAI's SDK for an endpoint."""

from typing import Any

import openai

from services.cloud_proxy.endpoints import Endpoint, Sdk
from services.cloud_proxy.providers.response_meter import UNCOMPRESSED, bound_response
from services.cloud_proxy.settings import Connection


def openai_client(connection: Connection) -> openai.AsyncOpenAI:
    """Returns a client that retries nothing, follows no redirect and sends only what the connection says."""
    endpoint, key = connection.endpoint, connection.key
    match endpoint.sdk:
        case Sdk.AZURE_OPENAI:
            # The deployment is the model's id, which the SDK puts into the path.
            return openai.AsyncAzureOpenAI(
                azure_endpoint=endpoint.base_url,
                api_version=endpoint.api_version,
                api_key=key,
                max_retries=0,
                timeout=None,
                default_headers=dict(endpoint.headers),
                http_client=_http_client(),
            )
        case Sdk.OPENAI_BEDROCK:
            return openai.AsyncBedrockOpenAI(
                # Without a key the requests are signed with the credentials that boto3 finds, in a thread.
                api_key=key or None,
                aws_region=endpoint.region,
                base_url=endpoint.base_url or None,
                max_retries=0,
                timeout=None,
                default_headers=dict(endpoint.headers),
                http_client=_http_client(),
            )
        case _:
            return _openai(endpoint, key)


def _openai(endpoint: Endpoint, key: str) -> openai.AsyncOpenAI:
    region = endpoint.data_region
    place: dict[str, Any] = {"data_residency": region} if region else {"base_url": endpoint.base_url or None}
    return openai.AsyncOpenAI(
        # The SDK requires a key. A server that asks for none ignores this word.
        api_key=key or "none",
        organization=endpoint.organization or None,
        project=endpoint.project or None,
        **place,
        max_retries=0,
        # The call's deadline is the only limit: those of httpx hold for one operation each.
        timeout=None,
        default_headers=dict(endpoint.headers),
        http_client=_http_client(),
    )


def _http_client() -> openai.DefaultAioHttpClient:
    # This transport takes a third less processor time than the SDK's own.
    return openai.DefaultAioHttpClient(
        timeout=None,
        follow_redirects=False,
        headers=UNCOMPRESSED,
        event_hooks={"response": [bound_response]},
    )
