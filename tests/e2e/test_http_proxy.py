"""The environment names an HTTP proxy, and nothing that says who asks a cloud."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from chorus.model.v1 import content_pb2, model_service_pb2, model_service_pb2_grpc
from rpckit import errors
from rpckit.channel import connect
from tests.e2e.processes import CLOUD_PROXY, NOWHERE, running
from tests.failed_call import failure
from tests.fakes.providers import emulator
from tests.fakes.providers.any_provider import AnyProvider
from tests.patience import PATIENCE

# No name server knows it: whoever answers was asked through the proxy.
_ELSEWHERE = "http://provider.invalid"
_LINE = 'display_name = "A"\nfamily = "a"\ncapabilities = ["TEXT"]\n'
_OWN = ("openai", "anthropic", "google", "huggingface")
_CLOUDS = {
    "aws": 'sdk = "anthropic-bedrock"\nregion = "eu-central-1"',
    "aws-openai": 'sdk = "openai-bedrock"\nregion = "eu-central-1"',
    "vertex": 'sdk = "anthropic-vertex"\nproject = "p"\nregion = "eu"',
    "gemini": 'sdk = "google-vertex"\nproject = "p"\nregion = "eu"',
}


@asynccontextmanager
async def _asking(
    folder: Path, catalog: str, **variables: str
) -> AsyncIterator[tuple[emulator.Emulator, Any]]:
    """Runs a cloud proxy whose HTTP proxy is the emulated provider."""
    path = folder / "catalog.toml"
    path.write_text(f"packaged = false\n{catalog}")
    addresses = {
        "OPENAI_BASE_URL": f"{_ELSEWHERE}/v1",
        "ANTHROPIC_BASE_URL": _ELSEWHERE,
        "GEMINI_BASE_URL": _ELSEWHERE,
        "HF_BASE_URL": f"{_ELSEWHERE}/v1",
    }
    keys = dict.fromkeys(("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "HF_TOKEN"), "hf_key")
    # Else the SDKs of the clouds would ask the machine's own network who they are.
    alone = {"AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true"}
    async with emulator.running(AnyProvider()) as provider:
        proxied = {"HTTP_PROXY": provider.address, "NO_PROXY": "127.0.0.1"}
        environment = addresses | keys | alone | proxied | variables
        async with (
            running(CLOUD_PROXY, folder, CLOUD_PROXY_CATALOG=str(path), **environment) as process,
            connect(process.address, "chorus.model.v1.ModelService") as channel,
        ):
            yield provider, model_service_pb2_grpc.ModelServiceStub(channel)


def _request(model: str) -> model_service_pb2.GenerateRequest:
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text="Well?")])
    return model_service_pb2.GenerateRequest(model=model, turns=[turn])


@pytest.mark.parametrize(
    ("providers", "google_sdk"), [(_OWN, "google-genai"), (("google",), "google-generativeai")]
)
async def test_every_sdk_goes_through_the_proxy(
    folder: Path, providers: tuple[str, ...], google_sdk: str
) -> None:
    catalog = "\n".join(f'[models."{each}/a"]\n{_LINE}' for each in providers)
    async with _asking(folder, catalog, GOOGLE_SDK=google_sdk) as (provider, stub):
        for each in providers:
            response = await stub.Generate(_request(f"{each}/a"), timeout=PATIENCE)
            assert response.parts[0].text == "Some words of an answer."
            assert provider.received.pop().headers["Host"] == "provider.invalid"


async def test_no_sdk_goes_through_the_proxy_to_an_exempt_host(folder: Path) -> None:
    tables = "\n".join(
        f'[endpoints.{each}-here]\nsdk = "{each}"\nbase_url = "http://{NOWHERE}"\nkey_variable = "HF_TOKEN"'
        for each in _OWN
    )
    lines = "\n".join(f'[models."{each}/a"]\n{_LINE}endpoint = "{each}-here"' for each in _OWN)
    async with _asking(folder, f"{tables}\n{lines}") as (provider, stub):
        for each in _OWN:
            told = await failure(stub.Generate(_request(f"{each}/a"), timeout=PATIENCE))
            assert isinstance(told, errors.Unavailable)
        assert not provider.received


async def test_a_cloud_without_credentials_names_what_to_set(folder: Path) -> None:
    tables = "\n".join(f"[endpoints.{name}]\n{table}" for name, table in _CLOUDS.items())
    lines = "\n".join(f'[models."{name}/a"]\n{_LINE}endpoint = "{name}"' for name in _CLOUDS)
    async with _asking(folder, f"{tables}\n{lines}") as (provider, stub):
        told = {
            name: await failure(stub.Generate(_request(f"{name}/a"), timeout=PATIENCE)) for name in _CLOUDS
        }
        assert not provider.received
    assert {type(each) for each in told.values()} == {errors.ProviderAuth}
    assert {name: each.metadata["setting"] for name, each in told.items()} == {
        "aws": "AWS_ACCESS_KEY_ID",
        "aws-openai": "AWS_ACCESS_KEY_ID",
        "vertex": "GOOGLE_APPLICATION_CREDENTIALS",
        "gemini": "GOOGLE_APPLICATION_CREDENTIALS",
    }
