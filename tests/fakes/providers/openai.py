"""OpenAI's Chat Completions; Hugging Face and the compatible servers speak it too."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.fakes.providers.emulator import Body, Received
from tests.fakes.providers.prompt_cache import Block
from tests.fakes.providers.reply import Counts, Output
from tests.fakes.providers.thinking import Means

# No model of the tests writes as much.
_UNLIMITED = 10**6


class ChatCompletions:
    """The dialect."""

    def is_stream(self, request: Received) -> bool:
        return bool(request.body.get("stream"))

    def schema(self, request: Received) -> Body | None:
        form: Mapping[str, Any] = request.body.get("response_format") or {}
        # The second is how Hugging Face's SDK asks a server of one's own.
        schema: Body | None = form.get("json_schema", {}).get("schema") or form.get("value")
        return schema

    def wants_picture(self, request: Received) -> bool:
        return False

    def blocks(self, request: Received) -> Sequence[Block]:
        contents = (message["content"] for message in request.body["messages"])
        blocks = [block for content in contents for block in _blocks(content)]
        if (request.body.get("prompt_cache_options") or {}).get("mode") != "explicit":
            blocks[-1] = replace(blocks[-1], is_marked=True)
        # A schema is read before the first message.
        return [Block(json.dumps(self.schema(request))), *blocks]

    def cache_key(self, request: Received) -> str:
        return f"{request.body['model']} {request.body.get('prompt_cache_key')}"

    def count(self, request: Received) -> Body | None:
        return None

    def means(self, request: Received) -> Means:
        limits = (request.body.get(name) for name in ("max_completion_tokens", "max_tokens"))
        limit = next((each for each in limits if each), _UNLIMITED)
        return Means(limit, request.body.get("reasoning_effort", ""), cut="length")

    def whole(self, request: Received, answer: Output) -> Body:
        message = {"role": "assistant", "content": answer.text}
        choice = {"index": 0, "message": message, "finish_reason": answer.finish or "stop"}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": version(request),
            "choices": [choice],
            "usage": _usage(answer.counts),
        }

    def chunks(self, request: Received, answer: Output) -> tuple[str, Sequence[bytes], Sequence[bytes]]:
        content = [*_content(request, answer)]
        if answer.error is not None:
            return "text/event-stream", [*content, _event(answer.error)], []
        finish = {"index": 0, "delta": {}, "finish_reason": answer.finish or "stop"}
        end = [
            _event(_chunk(request, [finish])),
            _event(_chunk(request, []) | {"usage": _usage(answer.counts)}),
            b"data: [DONE]\n\n",
        ]
        return "text/event-stream", content, end


def version(request: Received) -> str:
    """The name of the version that answers."""
    return f"{request.body['model']}-2026-11-24"


def _usage(counts: Counts) -> Body:
    written = counts.visible + counts.thought
    return {
        "prompt_tokens": counts.input,
        "completion_tokens": written,
        "total_tokens": counts.input + written,
        "prompt_tokens_details": {"cached_tokens": counts.cached, "cache_write_tokens": counts.written},
        "completion_tokens_details": {"reasoning_tokens": counts.thought},
    }


def _blocks(content: str | Sequence[Body]) -> Iterator[Block]:
    for each in [{"text": content}] if isinstance(content, str) else content:
        yield Block(each.get("text", ""), is_marked="prompt_cache_breakpoint" in each)


def _content(request: Received, answer: Output) -> Iterator[bytes]:
    for piece in answer.pieces:
        choice = {"index": 0, "delta": {"role": "assistant", "content": piece}, "finish_reason": None}
        yield _event(_chunk(request, [choice]))


def _chunk(request: Received, choices: Sequence[Body]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": version(request),
        "choices": choices,
    }


def _event(body: Body) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
