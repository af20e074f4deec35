"""Anthropic's Messages."""

import itertools
import json
from collections.abc import Sequence
from typing import Any

from tests.fakes.providers.emulator import Body, Received
from tests.fakes.providers.openai import version
from tests.fakes.providers.prompt_cache import Block
from tests.fakes.providers.reply import Counts, Output
from tests.fakes.providers.thinking import Means


class Messages:
    """The dialect."""

    def is_stream(self, request: Received) -> bool:
        return bool(request.body.get("stream"))

    def schema(self, request: Received) -> Body | None:
        form: dict[str, Any] = (request.body.get("output_config") or {}).get("format") or {}
        return form.get("schema")

    def wants_picture(self, request: Received) -> bool:
        return False

    def blocks(self, request: Received) -> Sequence[Block]:
        contents = (message["content"] for message in request.body["messages"])
        blocks = itertools.chain(request.body.get("system", ()), *contents)
        # The API words the schema for the model, before anything else.
        return [Block(json.dumps(self.schema(request))), *map(_block, blocks)]

    def cache_key(self, request: Received) -> str:
        return str(request.body.get("model", request.path))

    def count(self, request: Received) -> Body | None:
        if not request.path.endswith("/count_tokens"):
            return None
        return {"input_tokens": len(json.dumps(request.body["messages"], ensure_ascii=False))}

    def means(self, request: Received) -> Means:
        way = (request.body.get("thinking") or {}).get("type", "adaptive")
        effort = (request.body.get("output_config") or {}).get("effort", "")
        return Means(request.body["max_tokens"], effort if way == "adaptive" else way, cut="max_tokens")

    def whole(self, request: Received, answer: Output) -> Body:
        # The model thinks first, as the adaptive ones do.
        content: list[Body] = [{"type": "thinking", "thinking": "Hm.", "signature": "s"}]
        if answer.pieces:
            content.append({"type": "text", "text": answer.text})
        message = _message(request, answer.counts) | {
            "content": content,
            "stop_reason": answer.finish or "end_turn",
        }
        return message | {"usage": _input(answer.counts) | _output(answer.counts)}

    def chunks(self, request: Received, answer: Output) -> tuple[str, Sequence[bytes], Sequence[bytes]]:
        text = {"type": "text", "text": ""}
        content = [
            _event("message_start", message=_message(request, answer.counts)),
            _event("content_block_start", index=0, content_block=text),
            _event("ping"),
            *(
                _event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
                for piece in answer.pieces
            ),
        ]
        if answer.error is not None:
            failed = _event("error", error=answer.error["error"])
            return "text/event-stream", [*content, failed], []
        end = [
            _event("content_block_stop", index=0),
            _event(
                "message_delta",
                delta={"stop_reason": answer.finish or "end_turn"},
                usage=_output(answer.counts),
            ),
            _event("message_stop"),
        ]
        return "text/event-stream", content, end


def _input(counts: Counts) -> dict[str, Any]:
    # Here the input without what was cached is counted.
    return {
        "input_tokens": counts.input - counts.cached - counts.written,
        "cache_read_input_tokens": counts.cached,
        "cache_creation_input_tokens": counts.written,
    }


def _output(counts: Counts) -> dict[str, Any]:
    return {
        "output_tokens": counts.visible + counts.thought,
        "output_tokens_details": {"thinking_tokens": counts.thought},
    }


def _message(request: Received, counts: Counts) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": version(request),
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": _input(counts) | {"output_tokens": 1},
    }


def _block(block: Body) -> Block:
    document = (block.get("title", ""), block.get("context", ""), block.get("source", {}).get("data", ""))
    return Block(block.get("text", "") or "\n".join(document), is_marked="cache_control" in block)


def _event(name: str, **fields: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name} | fields, ensure_ascii=False)}\n\n".encode()
