"""What a provider streams a few characters at a time reaches its SDK in few events, with the same words."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from services.cloud_proxy.providers.event_batches import EventMerger, gathered

_TOKENS = [
    ("The", " claim", ' "stands"', " al", "one.\n", "근거", "\U0001f600")[number % 7] for number in range(300)
]

_TOKENS_IN_A_PAUSE = 20


def openai(text: str, **more: Any) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None}
    return _event({"id": "1", "model": "m", "choices": [choice], "usage": None} | more)


def anthropic(text: str, index: int = 0) -> bytes:
    delta = {"type": "text_delta", "text": text}
    body = {"type": "content_block_delta", "index": index, "delta": delta}
    return b"event: content_block_delta\n" + _event(body)


def gemini(text: str, **more: Any) -> bytes:
    candidate = {"content": {"role": "model", "parts": [{"text": text} | more]}, "index": 0}
    body = {"candidates": [candidate], "usageMetadata": {"promptTokenCount": 7}, "modelVersion": "g"}
    return _event(body).replace(b"\n", b"\r\n")


def _event(body: Any) -> bytes:
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


def bodies(stream: bytes) -> list[Any]:
    events = [each for each in stream.replace(b"\r\n", b"\n").split(b"\n\n") if each]
    return [json.loads(each.partition(b"data: ")[2]) for each in events]


def text_of(body: Any) -> str:
    match body:
        case {"choices": [{"delta": {"content": str(text)}}]} | {"delta": {"text": str(text)}}:
            return text
        case {"candidates": [{"content": {"parts": [{"text": str(text)}]}}]}:
            return text
    raise AssertionError(body)


every = pytest.mark.parametrize("event", [openai, anthropic, gemini])


@every
def test_tokens_that_come_at_once_are_one_event(event: Callable[[str], bytes]) -> None:
    merged = EventMerger().take(b"".join(map(event, _TOKENS)))
    (body,) = bodies(merged)
    assert text_of(body) == "".join(_TOKENS)
    # All else is as the last of them has it.
    assert body | {"text": 0} == bodies(event(text_of(body)))[0] | {"text": 0}


@every
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_cut_anywhere_the_words_are_the_same(event: Callable[[str], bytes], size: int) -> None:
    stream = b"".join(map(event, _TOKENS))
    merger = EventMerger()
    taken = [merger.take(stream[start : start + size]) for start in range(0, len(stream), size)]
    assert "".join(text_of(each) for each in bodies(b"".join(taken))) == "".join(_TOKENS)
    assert merger.end() == b""


@every
def test_one_event_passes_as_it_came(event: Callable[[str], bytes]) -> None:
    assert EventMerger().take(event("word")) == event("word")


@pytest.mark.parametrize(
    "between",
    [
        b"data: [DONE]\n\n",
        b": a comment\n\n",
        b'data: {"half": "an obj\n\n',
        b"id: 7\ndata: {}\n\n",
        _event({"error": {"code": "server_error"}}),
        _event({"id": "1", "model": "m", "choices": [], "usage": {"prompt_tokens": 1}}),
        openai("b", usage={"prompt_tokens": 1}),
        openai("b", model="another"),
        openai("b", error={"code": "server_error"}),
        openai("b").replace(b'"finish_reason": null', b'"finish_reason": "stop"'),
        openai("b").replace(b'"content": "b"', b'"content": "b", "refusal": "no"'),
        openai("b").replace(b'"content": "b"', b'"content": null'),
        openai("b").replace(b'"choices": [', b'"choices": [{}, '),
        anthropic("b", index=1),
        anthropic("b").replace(b"text_delta", b"thinking_delta"),
        b"event: ping\n" + _event({"type": "ping"}),
        gemini("b"),
        gemini("b", thought=True),
        gemini("b").replace(b'"index"', b'"finishReason": "STOP", "index"'),
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
)
def test_what_says_more_passes_as_it_came_and_in_its_place(between: bytes) -> None:
    merged = EventMerger().take(openai("a") + openai("b") + between + openai("c") + openai("d"))
    before, found, after = merged.partition(between)
    assert found == between
    assert [text_of(each) for each in bodies(before)] == ["ab"]
    assert [text_of(each) for each in bodies(after)] == ["cd"]


def test_half_of_an_event_is_kept_for_the_end() -> None:
    merger = EventMerger()
    assert merger.take(openai("a") + b"data: {") == openai("a")
    assert merger.end() == b"data: {"


def test_halves_of_a_character_meet() -> None:
    halves = openai("x").replace(b'"x"', b'"\\ud83d"') + openai("x").replace(b'"x"', b'"\\ude00"')
    assert [text_of(each) for each in bodies(EventMerger().take(halves))] == ["\U0001f600"]


@dataclass
class Line:
    """A transport that a provider writes to; what is not read waits in it."""

    tokens: list[bytes]
    reads: int = 0
    waiting: bytes = b""
    reading: bool = True

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        self.reading = False
        # While nobody reads, the provider writes on.
        for _ in range(_TOKENS_IN_A_PAUSE):
            self.waiting += self.tokens.pop(0) if self.tokens else b""

    def resume_reading(self) -> None:
        self.reading = True

    async def chunks(self) -> AsyncIterator[bytes]:
        while self.waiting or self.tokens:
            assert self.reading
            self.reads += 1
            chunk, self.waiting = self.waiting or self.tokens.pop(0), b""
            yield chunk


async def test_what_comes_within_a_moment_is_read_at_once() -> None:
    line = Line([openai(each) for each in _TOKENS])
    events = [each async for each in gathered(line.chunks(), line)]
    assert line.reads == len(events) == 1 + math.ceil((len(_TOKENS) - 1) / _TOKENS_IN_A_PAUSE)
    assert "".join(text_of(body) for each in events for body in bodies(each)) == "".join(_TOKENS)


async def test_the_end_of_an_answer_waits_for_nothing() -> None:
    line = Line([b"data: [DONE]\n\n"] * 3)
    assert len([each async for each in gathered(line.chunks(), line)]) == line.reads == 3


async def test_whoever_leaves_meanwhile_leaves_the_line_open() -> None:
    line = Line([openai(each) for each in _TOKENS])
    events = gathered(line.chunks(), line)
    await anext(events)
    waiting = asyncio.create_task(anext(events))
    while line.reading:  # noqa: ASYNC110 - a transport tells nobody that it is paused
        await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert line.reading
