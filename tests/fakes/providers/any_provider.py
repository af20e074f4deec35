"""All the emulated APIs at one address, told apart by their paths; those of Bedrock and Vertex AI too."""

import base64
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.fakes.providers.anthropic import Messages
from tests.fakes.providers.emulator import Body, Dialect, Received
from tests.fakes.providers.gemini import GenerateContent
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.prompt_cache import Block
from tests.fakes.providers.reply import Output
from tests.fakes.providers.thinking import Means


class PathNamesModel(Messages):
    """Anthropic's Messages where a cloud serves them: the model is in the path, before `/` or `:`."""

    def is_stream(self, request: Received) -> bool:
        return request.path.endswith(("/invoke-with-response-stream", ":streamRawPredict"))

    def whole(self, request: Received, answer: Output) -> Body:
        return super().whole(_with_model(request), answer)

    def chunks(self, request: Received, answer: Output) -> tuple[str, Sequence[bytes], Sequence[bytes]]:
        media_type, content, end = super().chunks(_with_model(request), answer)
        if "/model/" not in request.path:
            return media_type, content, end
        return "application/vnd.amazon.eventstream", [*map(_frame, content)], [*map(_frame, end)]


def _with_model(request: Received) -> Received:
    model = request.path.removesuffix("/invoke").rpartition("/")[2].partition(":")[0]
    return replace(request, body={**request.body, "model": model})


def _frame(event: bytes) -> bytes:
    """Returns one event as AWS frames it: lengths, headers and payload, each with its checksum."""
    data = event.partition(b"data: ")[2].strip()
    payload = json.dumps({"bytes": base64.b64encode(data).decode()}).encode()
    headers = b"".join(
        _header(name, value)
        for name, value in (
            (":event-type", "chunk"),
            (":content-type", "application/json"),
            (":message-type", "event"),
        )
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    type_of_text = 7
    return (
        struct.pack("!B", len(name))
        + name.encode()
        + struct.pack("!BH", type_of_text, len(value))
        + value.encode()
    )


class AnyProvider:
    """The dialect of whichever API a path belongs to."""

    def __init__(self) -> None:
        self._by_word: Mapping[str, Dialect] = {
            "/chat/completions": ChatCompletions(),
            "/v1/messages": Messages(),
            "/model/": PathNamesModel(),
            "awPredict": PathNamesModel(),
            "models/": GenerateContent(),
        }

    def _of(self, request: Received) -> Dialect:
        return next(dialect for word, dialect in self._by_word.items() if word in request.path)

    def is_stream(self, request: Received) -> bool:
        return self._of(request).is_stream(request)

    def schema(self, request: Received) -> Body | None:
        return self._of(request).schema(request)

    def wants_picture(self, request: Received) -> bool:
        return self._of(request).wants_picture(request)

    def means(self, request: Received) -> Means:
        return self._of(request).means(request)

    def count(self, request: Received) -> Body | None:
        return self._of(request).count(request)

    def blocks(self, request: Received) -> Sequence[Block]:
        return self._of(request).blocks(request)

    def cache_key(self, request: Received) -> str:
        return self._of(request).cache_key(request)

    def whole(self, request: Received, answer: Output) -> Body:
        return self._of(request).whole(request, answer)

    def chunks(self, request: Received, answer: Output) -> tuple[str, Sequence[bytes], Sequence[bytes]]:
        return self._of(request).chunks(request, answer)
