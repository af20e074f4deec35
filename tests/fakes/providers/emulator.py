"""An HTTP server that stands for a provider. It answers from a script, counts, and notices who hangs up."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from aiohttp import web

from tests.fakes.providers.prompt_cache import Block, PromptCache
from tests.fakes.providers.reply import Fault, Output, Raw, Reply
from tests.fakes.providers.schema_instance import instance
from tests.fakes.providers.thinking import Means, Thinking, thought

Body = Mapping[str, Any]

# One byte after the other: an answer takes half a minute at least.
_DRIP_SECONDS = 0.5
# More than any limit, and little enough for a machine whose programs have none.
_MUCH_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Body
    connection: object = None


class Dialect(Protocol):
    """How one provider's API looks."""

    def is_stream(self, request: Received) -> bool:
        """Whether the answer is wanted in pieces."""

    def schema(self, request: Received) -> Body | None:
        """The JSON Schema that the request asks for."""

    def wants_picture(self, request: Received) -> bool:
        """Whether a picture is asked for."""

    def means(self, request: Received) -> Means:
        """What the request allows for thinking and writing."""

    def whole(self, request: Received, answer: Output) -> Body:
        """The answer in one."""

    def chunks(self, request: Received, answer: Output) -> tuple[str, Sequence[bytes], Sequence[bytes]]:
        """The media type of a stream, its chunks with content, and those that end it."""

    def blocks(self, request: Received) -> Sequence[Block]:
        """The prompt as the model reads it."""

    def cache_key(self, request: Received) -> str:
        """Names the part of the cache that the request comes to."""

    def count(self, request: Received) -> Body | None:
        """The answer if the request only counts tokens."""


@dataclass
class Emulator:
    """One running emulator.

    Attributes:
        script: The replies to come.
        choose: Returns the reply to a request when the script is over; None is an answer that suits it.
        cache: What is kept of prompts; None: nothing, and their counts are those of the replies.
        thinking: How long it thinks before each; empty: not at all, and the counts are those of the replies.
        reached: Set when a request comes in.
        hung_up: Set when a client goes away before it has its reply.
        models: The reply to who asks for the list of models, which costs nothing.
        listing: Set when somebody does.
    """

    dialect: Dialect
    address: str = ""
    script: deque[Reply] = field(default_factory=deque)
    choose: Callable[[Received], Reply | None] = lambda _: None
    otherwise: Callable[[], Output] = Output
    cache: PromptCache | None = None
    thinking: Thinking = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    models: Raw = field(default_factory=lambda: Raw(b'{"data": [], "has_more": false}'))
    listing: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answers one request."""
        body = json.loads(await request.read())
        received = Received(request.path, request.query, request.headers, body, request.transport)
        count = self.dialect.count(received)
        if count is not None:
            return web.json_response(count)
        self.received.append(received)
        self.reached.set()
        reply = self.script.popleft() if self.script else self.choose(received) or self._suitable(received)
        try:
            if isinstance(reply, Raw):
                return await _raw(request, reply)
            if self.thinking:
                reply = thought(self.thinking, reply, self.dialect.means(received), body)
            if self.cache is None:
                return await self._answer(request, received, reply)
            key, blocks = self.dialect.cache_key(received), self.dialect.blocks(received)
            reply = replace(reply, counts=self.cache.counted(reply.counts, key, blocks))
            response = await self._answer(request, received, reply)
            self.cache.keep(key, blocks)
            return response  # noqa: TRY300
        except (asyncio.CancelledError, ConnectionResetError):
            self.hung_up.set()
            raise

    def application(self) -> web.Application:
        """Returns the application that serves it."""
        application = web.Application(client_max_size=32 * 1024 * 1024)
        application.router.add_post("/{path:.*}", self.handle)
        application.router.add_get("/{path:.*}", self.list_models)
        return application

    async def list_models(self, request: web.Request) -> web.StreamResponse:
        """Answers what is no question to a model."""
        self.listing.set()
        return await _raw(request, self.models)

    def _suitable(self, received: Received) -> Output:
        schema = self.dialect.schema(received)
        if schema is not None:
            text = json.dumps(instance(schema), ensure_ascii=False)
            return Output(pieces=tuple(text[at : at + 16] for at in range(0, len(text), 16)))
        if self.dialect.wants_picture(received):
            return Output(pieces=(), picture=PICTURE)
        return self.otherwise()

    async def _answer(self, request: web.Request, received: Received, answer: Output) -> web.StreamResponse:
        if self.dialect.is_stream(received):
            return await self._stream(request, received, answer)
        return await self._unary(request, received, answer)

    async def _unary(self, request: web.Request, received: Received, answer: Output) -> web.StreamResponse:
        await asyncio.sleep(answer.pause * len(answer.pieces))
        if answer.error is not None:
            return web.json_response(answer.error)
        if answer.fault is Fault.GARBLED:
            return await _raw(request, Raw(b'{"half": "an obj'))
        if answer.fault in {Fault.RESET, Fault.SILENCE}:
            return await _raw(request, Raw(fault=answer.fault))
        whole = self.dialect.whole(received, answer)
        if answer.fault in {Fault.CUT, Fault.DRIP, Fault.ENDLESS}:
            return await _raw(request, Raw(json.dumps(whole).encode(), fault=answer.fault))
        return web.json_response(whole)

    async def _stream(self, request: web.Request, received: Received, answer: Output) -> web.StreamResponse:
        media_type, content, end = self.dialect.chunks(received, answer)
        response = web.StreamResponse(headers={"content-type": media_type})
        await response.prepare(request)
        for chunk in content:
            await response.write(chunk)
            await asyncio.sleep(answer.pause)
        match answer.fault:
            case Fault.RESET | Fault.CUT:
                _reset(request)
                return response
            case Fault.SILENCE:
                await asyncio.Event().wait()
            case Fault.ENDLESS:
                await _write_without_end(response, content[-1])
            case Fault.DRIP:
                await _drip(response, b"".join(end))
            case Fault.GARBLED:
                await response.write(b'data: {"half": "an obj\n\n')
            case Fault.NO_END:
                pass
            case None:
                for chunk in end:
                    await response.write(chunk)
        await response.write_eof()
        return response


PICTURE = b"\x89PNG\r\n\x1a\nnot a real picture"


async def _raw(request: web.Request, reply: Raw) -> web.StreamResponse:
    match reply.fault:
        case Fault.RESET:
            _reset(request)
        case Fault.SILENCE:
            await asyncio.Event().wait()
        case Fault.CUT | Fault.DRIP | Fault.ENDLESS:
            return await _raw_in_pieces(request, reply)
    return web.Response(
        body=reply.body, status=reply.status, headers=reply.headers, content_type=reply.content_type
    )


async def _raw_in_pieces(request: web.Request, reply: Raw) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-type": reply.content_type})
    if reply.fault is not Fault.ENDLESS:
        response.content_length = len(reply.body)
    await response.prepare(request)
    half = len(reply.body) // 2
    await response.write(reply.body[:half])
    if reply.fault is Fault.CUT:
        _reset(request)
    elif reply.fault is Fault.DRIP:
        await _drip(response, reply.body[half:])
    else:
        await _write_without_end(response, b" " * 65536)
    return response


async def _drip(response: web.StreamResponse, data: bytes) -> None:
    for byte in data:
        await response.write(bytes([byte]))
        await asyncio.sleep(_DRIP_SECONDS)


async def _write_without_end(response: web.StreamResponse, piece: bytes) -> None:
    """Writes more than anybody may take, and then waits until its client goes away."""
    for _ in range(_MUCH_BYTES // len(piece)):
        await response.write(piece)
    await asyncio.Event().wait()


def _reset(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


@asynccontextmanager
async def running(dialect: Dialect) -> AsyncIterator[Emulator]:
    """Runs an emulator on a free port of the loopback."""
    emulator = Emulator(dialect)
    # Without it a handler never learns that its client has gone.
    runner = web.AppRunner(emulator.application(), handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    emulator.address = f"http://{host}:{port}"
    try:
        yield emulator
    finally:
        await runner.cleanup()
