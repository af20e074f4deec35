"""Bounds what a provider may send for one answer, as its bytes come and before an SDK collects them."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextvars import ContextVar
from typing import Any

import aiohttp
import httpx2
from typing_extensions import override

from modelkit.answer_limits import MAX_EVENT_BYTES, MAX_STREAM_BYTES, AnswerTooLarge
from services.cloud_proxy.provider_errors import NoAnswer
from services.cloud_proxy.providers.event_batches import Transport, gathered

_EVENT_STREAM = "text/event-stream"
# Amazon's own, whose events say how long they are, and are short.
_STREAMS = (_EVENT_STREAM, "application/vnd.amazon.eventstream")
_EVENT_ENDS = (b"\n\n", b"\r\r", b"\n\r\n")
_LONGEST_END = max(map(len, _EVENT_ENDS))

# No response is asked for in compressed form: a few bytes would become any number.
UNCOMPRESSED = {"accept-encoding": "identity"}


class ResponseMeter:
    """Counts the bytes of one response: of a stream and of each event in it, or of one that comes whole.

    Attributes:
        has_events: Whether the response is a stream of events.
    """

    def __init__(self, content_type: str) -> None:
        self.has_events = content_type.startswith(_EVENT_STREAM)
        self._most = MAX_STREAM_BYTES if content_type.startswith(_STREAMS) else MAX_EVENT_BYTES
        self._bytes = 0
        self._event_bytes = 0
        self._tail = b""

    def take(self, data: bytes) -> bytes:
        """Counts further bytes, and returns them.

        Raises:
            AnswerTooLarge: With them the response is beyond a limit.
        """
        self._bytes += len(data)
        _check(self._bytes, self._most, "bytes")
        if not self.has_events:
            return data
        self._event_bytes += len(data)
        seen = self._tail + data
        end = max(seen.rfind(each) for each in _EVENT_ENDS)
        if end >= 0:
            self._event_bytes = len(seen) - end
        self._tail = seen[1 - _LONGEST_END :]
        _check(self._event_bytes, MAX_EVENT_BYTES, "bytes in one event")
        return data


def _check(count: int, most: int, what: str) -> None:
    if count > most:
        raise AnswerTooLarge(f"the response has more than {most} {what}")


async def bound_response(response: httpx2.Response) -> None:
    """Bounds a response of httpx, as a hook that runs before its body is read.

    Raises:
        NoAnswer: It is compressed, although `UNCOMPRESSED` was sent.
    """
    stream: Any = response.stream
    if response.headers.get("content-encoding", "identity") != "identity":
        await stream.aclose()
        if response.is_success:
            raise NoAnswer("the response is compressed, which was not asked for")
        # The status says enough.
        del response.headers["content-encoding"]
        response.stream = httpx2.ByteStream(b"")
        return
    response.stream = _BoundedStream(stream, ResponseMeter(response.headers.get("content-type", "")))


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, meter: ResponseMeter) -> None:
        self._stream = stream
        self._meter = meter

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = _metered(self._stream, self._meter)
        async for chunk in gathered(chunks, _transport(self._stream)) if self._meter.has_events else chunks:
            yield chunk

    @override
    async def aclose(self) -> None:
        await self._stream.aclose()


async def _metered(chunks: AsyncIterable[bytes], meter: ResponseMeter) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield meter.take(chunk)


def _transport(stream: Any) -> Transport | None:
    """Returns the transport of aiohttp beneath a stream of httpx; None: it has none, or keeps it elsewhere.

    httpx's own transport takes no bytes that nobody asks for.
    """
    response = getattr(getattr(stream, "_stream", stream), "_aiohttp_response", None)
    return _transport_of(response) if isinstance(response, aiohttp.ClientResponse) else None


def _transport_of(response: aiohttp.ClientResponse) -> Transport | None:
    connection = response.connection
    return None if connection is None else connection.transport


opened_responses: ContextVar[list[aiohttp.ClientResponse] | None] = ContextVar(
    "opened_responses", default=None
)


class BoundedClientResponse(aiohttp.ClientResponse):
    """A response of aiohttp whose content is bounded. It joins the `opened_responses` of the call, if any."""

    @override
    async def start(self, connection: Any) -> "BoundedClientResponse":
        opened = opened_responses.get()
        if opened is not None:
            opened.append(self)
        await super().start(connection)
        meter = ResponseMeter(self.headers.get("content-type", ""))
        content: Any = _BoundedContent(self.content, meter, _transport_of(self))
        self.content = content
        return self


class _BoundedContent:
    """Does what the reader of a response does. What reads from it here is what google-genai calls."""

    def __init__(
        self, content: aiohttp.StreamReader, meter: ResponseMeter, transport: Transport | None
    ) -> None:
        self._content = content
        self._meter = meter
        self._transport = transport

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def iter_any(self) -> AsyncIterator[bytes]:
        chunks = _metered(self._content.iter_any(), self._meter)
        async for chunk in gathered(chunks, self._transport) if self._meter.has_events else chunks:
            yield chunk

    async def read(self) -> bytes:
        return b"".join([chunk async for chunk in self.iter_any()])


class BoundedRawResponse:
    """Does what a response of urllib3 does. What reads from it here is what requests calls."""

    def __init__(self, response: Any) -> None:
        self._response = response
        self._meter = ResponseMeter(response.headers.get("content-type", ""))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)

    def stream(self, size: int, *, decode_content: bool) -> Iterator[bytes]:
        """Yields the body, decoded."""
        for chunk in self._response.stream(size, decode_content=decode_content):
            yield self._meter.take(chunk)
