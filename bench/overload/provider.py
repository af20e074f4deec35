"""`python -m bench.overload.provider SECONDS`: a provider that takes so long for every answer.

It speaks OpenAI's Chat Completions. A model whose name ends in "silent" gets no answer at all. It prints its
address, and ends with its standard input.
"""

import asyncio
import json
import sys

from aiohttp import web

_POINT = {
    "id": "p1",
    "criterion_id": "",
    "issue": "reason_weak",
    "polarity": "improvement",
    "sentence_ids": ["S1"],
    "quote": "Our school needs a garden.",
    "observation": "The claim stands alone.",
    "reason": "A reader wants to know why.",
    "next_step": "Add a reason.",
    "severity": "moderate",
}
_SHORT_FORM = {
    "work_language": "en",
    "injection": {"suspected": False, "quote": ""},
    "points": [_POINT],
    "criteria": [],
}
_LONG_FORM = _SHORT_FORM | {
    "points": [_POINT | {"suggested_rewrite": ""}],
    "summary": {"goal": "", "strengths": "", "next": "Add a reason."},
}


async def main(seconds: float) -> None:
    """Serves until standard input ends."""

    async def answer(request: web.Request) -> web.StreamResponse:
        body = await request.json()
        await asyncio.sleep(1e9 if body["model"].endswith("silent") else seconds)
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        schema = body["response_format"]["json_schema"]["schema"]
        form = _LONG_FORM if "summary" in schema["properties"] else _SHORT_FORM
        for event in _events(body["model"], json.dumps(form)):
            await response.write(b"data: " + event.encode() + b"\n\n")
        await response.write_eof()
        return response

    application = web.Application()
    application.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


def _events(model: str, answer: str) -> list[str]:
    common = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": model}
    content = {"role": "assistant", "content": answer}
    usage = {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200}
    return [
        json.dumps(common | {"choices": [{"index": 0, "delta": content, "finish_reason": None}]}),
        json.dumps(common | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
        json.dumps(common | {"choices": [], "usage": usage}),
        "[DONE]",
    ]


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
