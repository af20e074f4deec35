"""Tests what a provider is asked about its key at the start, and what becomes of the answer."""

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from chorus.model.v1 import model_pb2, model_service_pb2, model_service_pb2_grpc
from rpckit import channel
from services.cloud_proxy.endpoints import Endpoint, Sdk
from services.cloud_proxy.providers import connect
from services.cloud_proxy.settings import GOOGLE_GENAI, Connection
from tests.contract.provider_cases import chat, google
from tests.fakes.providers.emulator import running
from tests.fakes.providers.proxy import (
    ANTHROPIC,
    COMPATIBLE,
    GENAI,
    GENERATIVEAI,
    HUGGINGFACE,
    OPENAI,
    Adapter,
    proxy_for,
)
from tests.fakes.providers.reply import DROPPED, EMPTY_BODY, HTML, SILENT, Raw, error
from tests.patience import PATIENCE

_SDKS = {"anthropic": Sdk.ANTHROPIC, "google": Sdk.GOOGLE, "huggingface": Sdk.HUGGINGFACE}
_SERVICE = "chorus.model.v1.ModelService"
_CLAUDE = {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}}
_BAD_KEY = {
    "error": {
        "code": 400,
        "status": "INVALID_ARGUMENT",
        "message": "API key not valid.",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}],
    }
}
REFUSALS: Mapping[str, Raw] = {
    "openai": chat(401, "invalid_api_key"),
    "compatible": chat(401),
    "anthropic": error(401, _CLAUDE),
    "google-genai": error(400, _BAD_KEY),
    "google-generativeai": error(400, _BAD_KEY),
}
CHECKED = (OPENAI, COMPATIBLE, ANTHROPIC, GENAI, GENERATIVEAI)
NO_VERDICTS: Mapping[str, Raw] = {
    "a list": Raw(json.dumps({"data": [], "has_more": False, "models": []}).encode()),
    "403": google(403, "PERMISSION_DENIED"),
    "404": google(404, "NOT_FOUND"),
    "429": google(429, "RESOURCE_EXHAUSTED"),
    "500": google(500, "INTERNAL"),
    "HTML": HTML,
    "nothing": EMPTY_BODY,
    "reset": DROPPED,
}

checked = pytest.mark.parametrize("adapter", CHECKED, ids=[each.name for each in CHECKED])


async def _listed(adapter: Adapter, address: str) -> model_pb2.Model:
    async with channel.connect(address, _SERVICE) as opened:
        await opened.channel_ready()
        stub: Any = model_service_pb2_grpc.ModelServiceStub(opened)
        response: model_service_pb2.ListModelsResponse = await stub.ListModels(
            model_service_pb2.ListModelsRequest(), timeout=PATIENCE
        )
    return next(each for each in response.models if each.name == adapter.model)


async def _refuses_key(adapter: Adapter, address: str) -> bool:
    name = adapter.model.partition("/")[0]
    sdk = adapter.settings.get("GOOGLE_SDK", GOOGLE_GENAI)
    endpoint = Endpoint(
        name,
        sdk=_SDKS.get(name, Sdk.OPENAI),
        base_url=address + adapter.path,
        key_variable=adapter.key_variable,
    )
    connection = Connection(endpoint, adapter.key)
    provider = connect(connection, sdk, 1)
    try:
        return await provider.refuses_key()
    finally:
        await provider.close()


@checked
async def test_a_key_that_is_refused_shows_in_the_list_and_in_the_log(
    adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(adapter.dialect) as emulator:
        emulator.models = REFUSALS[adapter.name]
        with caplog.at_level(logging.WARNING, "chorus"):
            async with proxy_for(adapter, emulator.address, CLOUD_PROXY_CHECK_KEYS="yes") as address:
                model = await _listed(adapter, address)
                while model.state == model_pb2.Model.STATE_READY:
                    model = await _listed(adapter, address)
    provider = adapter.model.partition("/")[0]
    assert model.state == model_pb2.Model.STATE_UNAVAILABLE
    assert model.state_detail == f"{provider} refuses {adapter.key_variable}; set another"
    (line,) = [each for each in caplog.records if each.getMessage() == "key refused"]
    assert vars(line)["fields"] == {"provider": provider, "setting": adapter.key_variable}
    assert adapter.key not in caplog.text
    assert not emulator.received, "nothing was asked that costs"


@checked
@pytest.mark.parametrize("reply", [*NO_VERDICTS])
async def test_what_does_not_refuse_the_key_is_no_verdict(adapter: Adapter, reply: str) -> None:
    async with running(adapter.dialect) as emulator:
        emulator.models = NO_VERDICTS[reply]
        assert not await _refuses_key(adapter, emulator.address)
    assert emulator.listing.is_set()


@checked
async def test_a_provider_that_is_not_there_is_no_verdict(adapter: Adapter, unused_tcp_port: int) -> None:
    assert not await _refuses_key(adapter, f"http://127.0.0.1:{unused_tcp_port}")


async def test_an_endpoint_of_hugging_face_is_not_asked() -> None:
    async with running(HUGGINGFACE.dialect) as emulator:
        assert not await _refuses_key(HUGGINGFACE, emulator.address)
    assert not emulator.listing.is_set()


@checked
async def test_nobody_waits_for_a_provider_that_says_nothing(adapter: Adapter) -> None:
    async with running(adapter.dialect) as emulator:
        emulator.models = SILENT
        async with proxy_for(adapter, emulator.address, CLOUD_PROXY_CHECK_KEYS="yes") as address:
            await emulator.listing.wait()
            assert (await _listed(adapter, address)).state == model_pb2.Model.STATE_READY


async def test_without_a_key_nobody_is_asked() -> None:
    async with running(OPENAI.dialect) as emulator:
        settings = {"OPENAI_API_KEY": "", "CLOUD_PROXY_CHECK_KEYS": "yes"}
        async with proxy_for(OPENAI, emulator.address, **settings) as address:
            model = await _listed(OPENAI, address)
    assert model.state_detail == "set OPENAI_API_KEY"
    assert not emulator.listing.is_set()
