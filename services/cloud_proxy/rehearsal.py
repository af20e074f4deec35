"""Lets each SDK answer once before the first call, which else waits for what an SDK loads on first use."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from urllib.request import getproxies, proxy_bypass

from chorus.model.v1 import content_pb2, model_service_pb2
from modelkit.fencing import TaggedFence
from modelkit.json_schema.schema_cache import SchemaCache
from rpckit.call import Deadline
from rpckit.errors import ChorusError
from services.cloud_proxy import providers
from services.cloud_proxy.catalog import Entry
from services.cloud_proxy.endpoints import Endpoint, Sdk
from services.cloud_proxy.provider import Prompt
from services.cloud_proxy.settings import GOOGLE_GENERATIVEAI, CloudProxySettings, Connection

_HOST = "127.0.0.1"
_KEY = "rehearsal"
# Nothing here takes nearly as long, even on a busy machine.
_SECONDS = 20.0
_MOST_REQUEST_BYTES = 100_000
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
_SCHEMA = '{"type": "object", "properties": {}, "additionalProperties": false}'


async def rehearse(settings: CloudProxySettings) -> None:
    """Has each SDK that the settings need ask this process, and read an empty answer to its end.

    The adapters made for it are thrown away. One sets what is global in its SDK, so this comes before the
    others are made. It says nothing of the providers, and where it fails the first call is merely slower.
    """
    if "http" in getproxies() and not proxy_bypass(_HOST):
        # The request would go to the proxy.
        return
    entries: dict[Sdk, Entry] = {}
    for name, connection in settings.connections.items():
        if (
            connection.is_open
            and connection.endpoint.sdk in _STREAMS
            and not _is_loaded(connection.endpoint.sdk)
        ):
            entries.setdefault(connection.endpoint.sdk, settings.catalog.entries[name])
    if settings.google_sdk == GOOGLE_GENERATIVEAI:
        # It has one configuration for the process.
        entries.pop(Sdk.GOOGLE, None)
    for sdk, entry in entries.items():
        async with _streaming(_STREAMS[sdk]) as url:
            await _ask(Connection(Endpoint(name=_KEY, sdk=sdk, base_url=url), _KEY), entry, settings)


def _is_loaded(sdk: Sdk) -> bool:
    """Returns whether an earlier server of this process had the adapter."""
    adapter = "gemini" if sdk is Sdk.GOOGLE else sdk.value
    return f"{providers.__name__}.{adapter}" in sys.modules


async def _ask(connection: Connection, entry: Entry, settings: CloudProxySettings) -> None:
    part = content_pb2.Part(document=content_pb2.Document(title=_KEY, text=_KEY))
    request = model_service_pb2.GenerateRequest(
        model=entry.name,
        system_instruction=_KEY,
        turns=[content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[part])],
    )
    provider = providers.connect(connection, settings.google_sdk, settings.calls_per_provider)
    prompt = Prompt(
        entry=entry,
        key_variable="",
        request=request,
        fence=TaggedFence(request, _KEY.encode()),
        price=None,
        max_output_tokens=1,
        reasoning_effort="",
        schema=await SchemaCache().read(_SCHEMA),
        streaming=True,
        deadline=Deadline.after(_SECONDS),
    )
    try:
        with suppress(ChorusError, TimeoutError):
            async with asyncio.timeout(_SECONDS):
                async for _ in provider.answer(prompt):
                    pass
    finally:
        await provider.close()


@asynccontextmanager
async def _streaming(stream: bytes) -> AsyncIterator[str]:
    """Answers each request with an event stream while the block runs; yields the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
            length = int(lengths[0].partition(b":")[2]) if lengths else 0
            await reader.readexactly(min(length, _MOST_REQUEST_BYTES))
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + stream
            )
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, _HOST, 0)
    async with server:
        yield f"http://{_HOST}:{server.sockets[0].getsockname()[1]}"


def _events(bodies: Iterable[Mapping[str, object]]) -> bytes:
    # Anthropic names each event by its type.
    frames = (
        (f"event: {body['type']}\n" if "type" in body else "") + f"data: {json.dumps(body)}\n\n"
        for body in bodies
    )
    return "".join(frames).encode()


def _chunk(*choices: Mapping[str, object], **fields: object) -> Mapping[str, object]:
    head = {"id": _KEY, "object": "chat.completion.chunk", "created": 0, "model": _KEY}
    return head | {"choices": [{"index": 0} | dict(each) for each in choices]} | fields


_CHAT = (
    _events(
        [
            _chunk({"delta": {"role": "assistant", "content": "{}"}, "finish_reason": None}),
            _chunk({"delta": {}, "finish_reason": "stop"}),
            _chunk(usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}),
        ]
    )
    + b"data: [DONE]\n\n"
)
_MESSAGE = {"id": _KEY, "type": "message", "role": "assistant", "model": _KEY, "content": []}
# An empty answer, as each API streams it. What is a cloud's own door to a model is left out: it asks for the
# cloud's credentials first.
_STREAMS: Mapping[Sdk, bytes] = {
    Sdk.OPENAI: _CHAT,
    Sdk.HUGGINGFACE: _CHAT,
    Sdk.ANTHROPIC: _events(
        [
            {
                "type": "message_start",
                "message": _MESSAGE | {"usage": {"input_tokens": 1, "output_tokens": 1}},
            },
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "{}"}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
            {"type": "message_stop"},
        ]
    ),
    Sdk.GOOGLE: _events(
        [
            {
                "candidates": [
                    {
                        "content": {"role": "model", "parts": [{"text": "{}"}]},
                        "finishReason": "STOP",
                        "index": 0,
                    }
                ],
                "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
                "modelVersion": _KEY,
            }
        ]
    ),
}
