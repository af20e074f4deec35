"""`python -m bench.path.provider PACE_SECONDS`: a provider that streams one answer in three forms.

It speaks OpenAI's Chat Completions. A model named "whole..." gets its answer in one event, "burst..." in an
event for each token, all at once, and "paced..." the same at a pace. It prints its address, and ends with its
standard input.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bench.path.answers import TOKEN_CHARACTERS, answer


async def main(pace: float) -> None:
    """Serves until standard input ends."""

    async def complete(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if not body.get("stream"):
            return web.json_response(_completion(body))
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for event in events(body):
            await response.write(event)
            if body["model"].startswith("paced"):
                await asyncio.sleep(pace)
        await response.write_eof()
        return response

    application = web.Application()
    application.router.add_post("/v1/chat/completions", complete)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}/v1", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


def _completion(body: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the whole answer to a request that wants no stream."""
    message = {
        "role": "assistant",
        "content": answer(body["response_format"]["json_schema"]["schema"], body["model"]),
        "refusal": None,
    }
    return {
        "id": "chatcmpl-C1x2y3z4",
        "object": "chat.completion",
        "created": 1780000000,
        "model": body["model"],
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1900, "completion_tokens": 2300, "total_tokens": 4200},
    }


def events(body: Mapping[str, Any]) -> list[bytes]:
    """Returns the events of the answer to a request."""
    written = answer(body["response_format"]["json_schema"]["schema"], body["model"])
    step = len(written) if body["model"].startswith("whole") else TOKEN_CHARACTERS
    common = {
        "id": "chatcmpl-C1x2y3z4",
        "object": "chat.completion.chunk",
        "created": 1780000000,
        "model": body["model"],
        "service_tier": "default",
        "system_fingerprint": "fp_0123456789",
    }

    def event(**fields: Any) -> bytes:
        return b"data: " + json.dumps(common | fields, separators=(",", ":")).encode() + b"\n\n"

    def choice(delta: Mapping[str, Any], finish: str | None = None) -> list[dict[str, Any]]:
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]

    tokens = (written[start : start + step] for start in range(0, len(written), step))
    usage = {"prompt_tokens": 1900, "completion_tokens": 2300, "total_tokens": 4200}
    return [
        event(choices=choice({"role": "assistant", "content": "", "refusal": None}), usage=None),
        *(event(choices=choice({"content": each}), usage=None, obfuscation="x7Yq9w") for each in tokens),
        event(choices=choice({}, "stop"), usage=None),
        event(choices=[], usage=usage),
        b"data: [DONE]\n\n",
    ]


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
