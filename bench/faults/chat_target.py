"""Asks a server of Chat Completions, such as a gateway. It has no reasons, so an error is an error."""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from typing_extensions import override

from bench.faults.case import ANSWER, ERROR, LENGTH, Case
from bench.faults.outcome import Outcome, Target
from chorus.model.v1 import generation_pb2

_FINISHES = {"stop": ANSWER, "length": LENGTH, "content_filter": ERROR}
_LARGEST_EVENT = 1024 * 1024


class ChatServer(Target):
    """Asks for plain text at `{url}/chat/completions`. It follows no redirect, and tries nothing twice."""

    kind = "chat server"
    prefix = ""
    reviews = False
    tells_reasons = False

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._session = session
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._headers = {"authorization": f"Bearer {key}"} if key else {}

    @override
    async def ask(self, case: Case, *, streaming: bool, seconds: float) -> Outcome:
        message = {"role": "user", "content": "Say some words."}
        body = {"model": self.prefix + case.name, "messages": [message], "stream": streaming}
        if streaming:
            body["stream_options"] = {"include_usage": True}
        try:
            async with (
                asyncio.timeout(seconds),
                self._session.post(
                    self._url, json=body, headers=self._headers, allow_redirects=False
                ) as response,
            ):
                if response.status != HTTPStatus.OK:
                    return _refused(response)
                return await (_joined(response) if streaming else _whole(response))
        except TimeoutError:
            return Outcome("nothing by the deadline")
        except (aiohttp.ClientError, ValueError):
            # The connection broke, or what came is not the API's form: its client is told that much.
            return Outcome("a broken answer")


def _refused(response: aiohttp.ClientResponse) -> Outcome:
    if response.status < HTTPStatus.BAD_REQUEST:
        return Outcome(f"a bare {response.status}")
    after = response.headers.get("retry-after", "")
    return Outcome(ERROR, retry_delay=float(after) if after.isdecimal() else None)


async def _whole(response: aiohttp.ClientResponse) -> Outcome:
    body = json.loads(await response.read())
    if not isinstance(body, dict):
        return Outcome("a broken answer")
    if "error" in body:
        return Outcome("an error in a 200")
    choices = body.get("choices") or [{}]
    text = (choices[0].get("message") or {}).get("content") or ""
    return _ended(choices[0].get("finish_reason"), text, body.get("usage"))


async def _joined(response: aiohttp.ClientResponse) -> Outcome:
    text, finish, usage = "", None, None
    async for line in response.content:
        data = line.removeprefix(b"data:").strip()
        if not line.startswith(b"data:") or data == b"[DONE]":
            continue
        event = json.loads(data)
        if "error" in event:
            return Outcome(ERROR)
        usage = event.get("usage") or usage
        for choice in event.get("choices", ())[:1]:
            text += (choice.get("delta") or {}).get("content") or ""
            finish = choice.get("finish_reason") or finish
        if len(text) > _LARGEST_EVENT:
            return Outcome("an answer without an end")
    return _ended(finish, text, usage)


def _ended(finish: str | None, text: str, usage: Mapping[str, Any] | None) -> Outcome:
    if finish is None:
        return Outcome("an answer without an end" if text else "an empty answer")
    ending = _FINISHES.get(finish, f"a finish reason {finish}")
    if ending == ANSWER and not text.strip():
        return Outcome("an empty answer")
    return Outcome(ending, text, _usage(usage or {}))


def _usage(usage: Mapping[str, Any]) -> generation_pb2.Usage:
    details = usage.get("completion_tokens_details") or {}
    return generation_pb2.Usage(
        output_tokens=usage.get("completion_tokens", 0), reasoning_tokens=details.get("reasoning_tokens", 0)
    )
