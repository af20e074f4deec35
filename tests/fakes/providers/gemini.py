"""Google's generateContent: events for google-genai, a JSON array for google-generativeai."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes.providers.emulator import Body, Received
from tests.fakes.providers.prompt_cache import Block
from tests.fakes.providers.reply import Counts, Output
from tests.fakes.providers.thinking import Means

# No model of the tests writes as much.
_UNLIMITED = 10**6
# The older SDK takes no schema but in words.
_SCHEMA_IN_WORDS = "JSON Schema:\n"


class GenerateContent:
    """The dialect."""

    def is_stream(self, request: Received) -> bool:
        return request.path.endswith(":streamGenerateContent")

    def schema(self, request: Received) -> Body | None:
        schema: Body | None = _config(request).get("responseJsonSchema")
        if schema is None and _SCHEMA_IN_WORDS in (words := _instruction(request)):
            return dict(json.loads(words.partition(_SCHEMA_IN_WORDS)[2]))
        return schema

    def wants_picture(self, request: Received) -> bool:
        # The older SDK sends numbers.
        return bool({"IMAGE", 2} & {*_config(request).get("responseModalities", ())})

    def blocks(self, request: Received) -> Sequence[Block]:
        parts = (part for content in request.body["contents"] for part in content["parts"])
        schema = json.dumps(_config(request).get("responseJsonSchema"))
        return [
            *map(Block, (_instruction(request), schema)),
            *(Block(each.get("text", "")) for each in parts),
        ]

    def cache_key(self, request: Received) -> str:
        return request.path.partition(":")[0]

    def count(self, request: Received) -> Body | None:
        if not request.path.endswith(":countTokens"):
            return None
        return {"totalTokens": len(json.dumps(request.body, ensure_ascii=False))}

    def means(self, request: Received) -> Means:
        config = _config(request)
        # The SDK sends the names within as Python has them, and the API takes both.
        thinking: Mapping[str, Any] = config.get("thinkingConfig") or {}
        effort = (
            "none" if thinking.get("thinking_budget") == 0 else thinking.get("thinking_level", "").lower()
        )
        return Means(config.get("maxOutputTokens", _UNLIMITED), effort, cut="MAX_TOKENS")

    def whole(self, request: Received, answer: Output) -> Body:
        response = _response(request, [answer.text] if answer.pieces else [], answer)
        response["candidates"][0]["finishReason"] = answer.finish or "STOP"
        return response | {"usageMetadata": _usage(answer.counts)}

    def chunks(self, request: Received, answer: Output) -> tuple[str, Sequence[bytes], Sequence[bytes]]:
        content: list[Body] = [_response(request, [piece], Output()) for piece in answer.pieces]
        if answer.picture:
            content.append(_response(request, [], answer))
        if answer.error is not None:
            content.append(answer.error)
        ended = _response(request, [], Output())
        ended["candidates"][0]["finishReason"] = answer.finish or "STOP"
        ended["usageMetadata"] = _usage(answer.counts)
        if request.query.get("alt") == "sse":
            events = [] if answer.error is not None else [_event(ended)]
            return "text/event-stream", [_event(each) for each in content], events
        array = [("[" if index == 0 else ",") + json.dumps(each) for index, each in enumerate(content)]
        end = ["]"] if answer.error is not None else [("," if array else "[") + json.dumps(ended), "]"]
        return "application/json", [each.encode() for each in array], [each.encode() for each in end]


def blocked_prompt(reason: str) -> Body:
    """The whole response to a prompt that is not let through."""
    return {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 100}}


def _usage(counts: Counts) -> Body:
    # The candidates are counted without the thoughts, and nobody is told what was written to a cache.
    return {
        "promptTokenCount": counts.input,
        "cachedContentTokenCount": counts.cached,
        "candidatesTokenCount": counts.visible,
        "thoughtsTokenCount": counts.thought,
        "totalTokenCount": counts.input + counts.visible + counts.thought,
    }


def _config(request: Received) -> Mapping[str, Any]:
    config: Mapping[str, Any] = request.body.get("generationConfig") or {}
    return config


def _instruction(request: Received) -> str:
    parts = (request.body.get("systemInstruction") or {}).get("parts", ())
    return "".join(part.get("text", "") for part in parts)


def _response(request: Received, texts: Sequence[str], answer: Output) -> dict[str, Any]:
    parts: list[Body] = [{"text": text} for text in texts]
    if answer.picture:
        data = base64.b64encode(answer.picture).decode()
        parts.append({"inlineData": {"mimeType": "image/png", "data": data}})
    model = request.path.rpartition("/")[2].partition(":")[0]
    return {
        "candidates": [{"index": 0, "content": {"role": "model", "parts": parts}}],
        "modelVersion": f"{model}-2026-11-24",
    }


def _event(body: Body) -> bytes:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
