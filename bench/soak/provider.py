"""`python -m bench.soak.provider`: a provider that fails now and then, and knows what it has sold.

It speaks OpenAI's Chat Completions, piece by piece. Its model "shaky" is slow, refuses with 503, is cut off
or resets the connection, one time in ten each. An essay's number, in its text, says what an answer was bought
for, and the first part of the path says who asks; GET /sold says which were sold, when and to whom. An answer
is sold once all of it is on its way. The program prints its address, and ends with its standard input.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import Counter, defaultdict
from contextlib import suppress

from aiohttp import web

from bench.soak.essays import NUMBER, essay_of
from tests.fakes.providers.emulator import Received
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import Output

_SEED = 7
_PIECE_CHARACTERS = 12
_SECONDS_TO_FIRST, _SECONDS_OF_SLOW = 0.02, 2.0
_NUMBER = re.compile(NUMBER)
_POINT = {
    "id": "p1",
    "criterion_id": "",
    "issue": "reason_weak",
    "polarity": "improvement",
    "sentence_ids": ["S1"],
    "observation": "The claim stands alone.",
    "reason": "A reader wants to know why.",
    "next_step": "Add a reason.",
    "severity": "moderate",
}


class Provider:
    """Answers, fails, and counts what it has sold."""

    def __init__(self) -> None:
        self._dialect = ChatCompletions()
        self._random = random.Random(_SEED)  # noqa: S311 - for faults that come again in the next run
        self._sold: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        self._faults: Counter[str] = Counter()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answers one question of Chat Completions, or fails."""
        body = await request.json()
        fault = self._fault() if body["model"].endswith("shaky") else ""
        self._faults[fault] += bool(fault)
        await asyncio.sleep(_SECONDS_OF_SLOW if fault == "slow" else _SECONDS_TO_FIRST)
        if fault == "503":
            return web.json_response({"error": {"message": "overloaded"}}, status=503)
        if fault == "reset" and request.transport is not None:
            request.transport.abort()
            return web.Response()
        found = _NUMBER.search(json.dumps(body["messages"]))
        number = int(found[1]) if found else 0
        received = Received(request.path, request.query, request.headers, body)
        schema = self._dialect.schema(received) or {}
        text = _answer(number, is_long="summary" in schema.get("properties", ()))
        pieces = tuple(
            text[start : start + _PIECE_CHARACTERS] for start in range(0, len(text), _PIECE_CHARACTERS)
        )
        media_type, content, end = self._dialect.chunks(received, Output(pieces=pieces))
        response = web.StreamResponse(headers={"content-type": media_type})
        with suppress(ConnectionResetError):
            await response.prepare(request)
            for chunk in content[: len(content) // 2] if fault == "cut" else content:
                await response.write(chunk)
            if fault != "cut":
                sale = {"at": time.time(), "buyer": request.match_info["buyer"]}
                self._sold[f"{number} {body['model']}"].append(sale)
                for chunk in end:
                    await response.write(chunk)
            await response.write_eof()
        return response

    async def sold(self, _: web.Request) -> web.Response:
        """Says when and to whom each answer was sold, by essay and model, and how often each fault came."""
        return web.json_response({"sold": self._sold, "faults": self._faults})

    def _fault(self) -> str:
        kinds = ("slow", "503", "cut", "reset", *[""] * 6)
        return self._random.choice(kinds)


def _answer(number: int, *, is_long: bool) -> str:
    essay = essay_of(number)
    point = _POINT | {"quote": essay.text.partition(".")[0] + "."}
    form: dict[str, object] = {
        "work_language": essay.language,
        "injection": {"suspected": False, "quote": ""},
        "points": [point],
        "criteria": [],
    }
    if is_long:
        form["points"] = [point | {"suggested_rewrite": ""}]
        form["summary"] = {"goal": "", "strengths": "", "next": "Add a reason."}
    return json.dumps(form, ensure_ascii=False)


async def main() -> None:
    """Serves until standard input ends."""
    provider = Provider()
    application = web.Application()
    application.router.add_post("/{buyer}/v1/chat/completions", provider.answer)
    application.router.add_get("/sold", provider.sold)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
