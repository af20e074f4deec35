import json

import httpx2
import pytest

from services.cloud_proxy.endpoints import own_endpoint
from services.cloud_proxy.provider import AnswerEnd, Finish
from services.cloud_proxy.providers.huggingface import HuggingFace
from services.cloud_proxy.settings import Connection
from tests.unit.cloud_proxy.prompts import prompt

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


async def test_without_an_address_the_router_chooses_and_nothing_is_looked_up() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        choice = {"index": 0, "message": {"role": "assistant", "content": "{}"}, "finish_reason": "stop"}
        return httpx2.Response(200, json={"model": "b-1", "choices": [choice]})

    connection = Connection(own_endpoint("huggingface"), "hf_not-a-key")
    provider = HuggingFace(connection, httpx2.MockTransport(answer))
    pieces = [piece async for piece in provider.answer(prompt(schema=SCHEMA))]
    await provider.close()
    (request,) = seen
    assert request.url.path == "/v1/chat/completions"
    body = json.loads(request.content)
    assert body["model"] == "b"
    # In the router's form, which is OpenAI's.
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert pieces[-1] == AnswerEnd(Finish.STOP, "stop", "b-1", None)


@pytest.mark.parametrize(("status", "is_refused"), [(401, True), (200, False), (403, False), (503, False)])
async def test_the_hub_says_whether_it_knows_a_token(status: int, is_refused: bool) -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(status, json={})

    connection = Connection(own_endpoint("huggingface"), "hf_not-a-key")
    provider = HuggingFace(connection, httpx2.MockTransport(answer))
    assert await provider.refuses_key() is is_refused
    await provider.close()
    (request,) = seen
    assert str(request.url) == "https://huggingface.co/api/whoami-v2"
    assert request.headers["authorization"] == "Bearer hf_not-a-key"


async def test_a_hub_that_is_not_there_says_nothing() -> None:
    def break_off(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    connection = Connection(own_endpoint("huggingface"), "hf_not-a-key")
    assert not await HuggingFace(connection, httpx2.MockTransport(break_off)).refuses_key()
