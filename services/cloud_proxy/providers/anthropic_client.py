"""Makes the client of Anthropic's SDK for an endpoint."""

from typing import Any

import anthropic
from anthropic.lib.bedrock._stream_decoder import get_response_stream_shape

from services.cloud_proxy.endpoints import Sdk
from services.cloud_proxy.providers.response_meter import UNCOMPRESSED, bound_response
from services.cloud_proxy.settings import Connection

AnthropicClient = (
    anthropic.AsyncAnthropic
    | anthropic.AsyncAnthropicBedrock
    | anthropic.AsyncAnthropicFoundry
    | anthropic.AsyncAnthropicVertex
)


def anthropic_client(connection: Connection) -> AnthropicClient:
    """Returns a client that retries nothing, follows no redirect and sends only what the connection says."""
    endpoint, key = connection.endpoint, connection.key
    base_url = endpoint.base_url or None
    shared: dict[str, Any] = {
        "max_retries": 0,
        # The call's deadline is the only limit: those of httpx hold for one operation each.
        "timeout": None,
        "default_headers": dict(endpoint.headers),
        "http_client": anthropic.DefaultAioHttpClient(
            timeout=None,
            follow_redirects=False,
            headers=UNCOMPRESSED,
            event_hooks={"response": [bound_response]},
        ),
    }
    # The SDK searches for the credentials of the clouds at the first call, in a thread.
    match endpoint.sdk:
        case Sdk.ANTHROPIC_BEDROCK:
            # The SDK would read what a stream looks like at the first one, for 0.2 s on the event loop.
            get_response_stream_shape()
            return anthropic.AsyncAnthropicBedrock(
                api_key=key or None, aws_region=endpoint.region, base_url=base_url, **shared
            )
        case Sdk.ANTHROPIC_VERTEX:
            return anthropic.AsyncAnthropicVertex(
                project_id=endpoint.project, region=endpoint.region, base_url=base_url, **shared
            )
        case Sdk.ANTHROPIC_FOUNDRY:
            return anthropic.AsyncAnthropicFoundry(api_key=key, base_url=endpoint.base_url, **shared)
        case _:
            return anthropic.AsyncAnthropic(api_key=key, base_url=base_url, **shared)
