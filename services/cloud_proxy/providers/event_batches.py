"""Gathers the events of a provider's stream before an SDK makes an object of each.

A provider sends an event for every few characters. Those that come within `SECONDS` are read at once, and
neighbours that carry nothing but text become one event. Whatever else a stream holds passes as it came.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

# Shorter than anybody notices of a text that is being written.
SECONDS = 0.1
# Who sends more between two reads sends faster than that, and is read without a pause.
_FAST_BYTES = 8 * 1024

_EVENT_END = re.compile(rb"\r\n\r\n|\n\r?\n|\r\r")
_LONGEST_END = 4
_PLAIN_EVENT = re.compile(rb"(event: ?[a-z_]+\r?\n)?data: ?(\{[^\r\n]*\})\s*")


class Transport(Protocol):
    """What brings the bytes, and can leave them in the system's buffer for a while."""

    def is_reading(self) -> bool:
        """Whether bytes are taken as they come."""

    def pause_reading(self) -> None:
        """Leaves further bytes where they are."""

    def resume_reading(self) -> None:
        """Takes them again."""


@dataclass(slots=True)
class _TextEvent:
    """An event that carries a piece of text.

    Attributes:
        holder: The innermost object, which has the text under `key`.
        kind: Equal for neighbours that can be one event.
    """

    head: bytes
    body: dict[str, Any]
    holder: dict[str, Any]
    key: str
    kind: object


class EventMerger:
    """Makes one event of neighbours that carry nothing but text."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._searched = 0
        self.ends_in_text = False

    def take(self, data: bytes) -> bytes:
        """Returns the events that are complete with these bytes."""
        self._pending += data
        ends = [each.end() for each in _EVENT_END.finditer(self._pending, self._searched)]
        complete = bytes(self._pending[: ends[-1]]) if ends else b""
        del self._pending[: len(complete)]
        self._searched = max(0, len(self._pending) - _LONGEST_END + 1)
        starts = [0, *ends]
        return b"".join(self._merged(complete[start:end] for start, end in zip(starts, ends, strict=False)))

    def end(self) -> bytes:
        """Returns what is left of an event that is not complete."""
        return bytes(self._pending)

    def _merged(self, events: Iterator[bytes]) -> Iterator[bytes]:
        first: bytes = b""
        last: _TextEvent | None = None
        texts: list[str] = []
        for event in events:
            read = _text_event(event)
            if read is not None and last is not None and read.kind == last.kind:
                texts.append(read.holder[read.key])
                last = read
                continue
            yield _joined(first, last, texts)
            first, last, texts = event, read, [read.holder[read.key]] if read else []
        self.ends_in_text = last is not None
        yield _joined(first, last, texts)


def _joined(first: bytes, last: _TextEvent | None, texts: list[str]) -> bytes:
    if last is None or len(texts) == 1:
        return first
    last.holder[last.key] = "".join(texts)
    # Half of a surrogate pair at the end of a text and half at the start of the next one become a character.
    return last.head + b"data: " + json.dumps(last.body).encode() + b"\n\n"


def _text_event(event: bytes) -> _TextEvent | None:
    """Reads an event; None: it says more than a piece of text."""
    plain = _PLAIN_EVENT.fullmatch(event)
    if plain is None:
        return None
    try:
        body = json.loads(plain[2])
        place = _place(body)
    except (ValueError, RecursionError, LookupError, TypeError):
        return None
    if place is None or not isinstance(place[0].get(place[1]), str):
        return None
    head = plain[1] or b""
    return _TextEvent(head, body, *place[:2], (head, place[2]))


def _place(body: dict[str, Any]) -> tuple[dict[str, Any], str, object] | None:
    """Returns the object that has the text, its key there, and what neighbours must have in common."""
    said = [key for key, value in body.items() if value]
    if "choices" in body:
        (choice,) = body["choices"]
        delta = choice["delta"]
        others = any(value for key, value in delta.items() if key not in {"content", "role"})
        if choice.get("finish_reason") or "error" in said or others:
            return None
        return delta, "content", (said, body.get("model"), list(delta))
    if "candidates" in body:
        (candidate,) = body["candidates"]
        (part,) = candidate["content"]["parts"]
        if "finishReason" in candidate or "error" in said or list(part) != ["text"]:
            return None
        return part, "text", (said, body.get("modelVersion"), list(candidate))
    if body["type"] == "content_block_delta" and body["delta"]["type"] == "text_delta":
        return body["delta"], "text", (said, body["index"])
    return None


async def gathered(chunks: AsyncIterator[bytes], transport: Transport | None) -> AsyncGenerator[bytes, None]:
    """Yields the events of a stream, those together that come within `SECONDS`.

    Args:
        chunks: The bytes of the stream.
        transport: What is paused meanwhile, so that single events do not wake the process; None: there is
            no pause, since h11, for one, gives out single events however many wait.
    """
    merger = EventMerger()
    async for chunk in chunks:
        if events := merger.take(chunk):
            yield events
            if transport is not None and merger.ends_in_text and len(chunk) < _FAST_BYTES:
                with _paused(transport):
                    await asyncio.sleep(SECONDS)
    if rest := merger.end():
        yield rest


@contextmanager
def _paused(transport: Transport) -> Iterator[None]:
    if not transport.is_reading():
        yield
        return
    transport.pause_reading()
    try:
        yield
    finally:
        transport.resume_reading()
