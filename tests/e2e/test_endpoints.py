"""Every kind of endpoint in one process, whose environment is full of what belongs to one provider alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from chorus.model.v1 import content_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from rpckit import errors
from rpckit.channel import connect
from tests.e2e.processes import CLOUD_PROXY, ServerProcess, running
from tests.failed_call import failure
from tests.fakes.providers import emulator
from tests.fakes.providers.any_provider import AnyProvider
from tests.fakes.providers.emulator import Received
from tests.fakes.providers.google_tokens import TOKEN, TokenServer, token_server
from tests.fakes.providers.reply import error
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
_SERVICE = "chorus.model.v1.ModelService"
TEXT = "Planted words of a student."
# What is planted in the environment: whoever finds one in a request has read it there.
SECRETS = {
    "OPENAI_API_KEY": "planted-openai",
    "OPENAI_ADMIN_KEY": "planted-admin",
    "OPENAI_ORG_ID": "planted-organization",
    "OPENAI_PROJECT_ID": "planted-project-of-openai",
    "OPENAI_CUSTOM_HEADERS": "X-Of-OpenAI: planted-header-of-openai",
    "AZURE_OPENAI_AD_TOKEN": "planted-azure-directory",
    "AZURE_KEY": "planted-azure",
    "SECOND_KEY": "planted-second",
    "LINE_KEY": "planted-of-one-line",
    "GATEWAY_KEY": "planted-gateway",
    "ANTHROPIC_API_KEY": "planted-anthropic",
    "ANTHROPIC_AUTH_TOKEN": "planted-auth-token",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Of-Anthropic: planted-header-of-anthropic",
    "FOUNDRY_KEY": "planted-foundry",
    "GOOGLE_API_KEY": "planted-google",
    "HF_TOKEN": "hf_planted",
    "HF_SECOND": "hf_second",
    "AWS_SECRET_ACCESS_KEY": "planted-aws-secret",
}
_LOGS = {"OPENAI_LOG": "debug", "ANTHROPIC_LOG": "debug"}
_LINE = 'display_name = "A"\nfamily = "a"\ncapabilities = ["TEXT", "JSON_SCHEMA"]\nmax_output_tokens = 400\n'
_TABLES = """
packaged = false

[endpoints.openai-second]
sdk = "openai"
base_url = "{address}/second/v1"
key_variable = "SECOND_KEY"
organization = "org-second"
headers = {{ X-Team = "essays" }}
max_completion_tokens = true

[endpoints.azure]
sdk = "azure-openai"
base_url = "{address}"
api_version = "2026-10-01"
key_variable = "AZURE_KEY"

[endpoints.aws-openai]
sdk = "openai-bedrock"
base_url = "{address}/aws/openai/v1"
region = "eu-central-1"

[endpoints.aws]
sdk = "anthropic-bedrock"
base_url = "{address}"
region = "eu-central-1"

[endpoints.vertex]
sdk = "anthropic-vertex"
base_url = "{address}/v1"
project = "our-project"
region = "europe-west1"

[endpoints.foundry]
sdk = "anthropic-foundry"
base_url = "{address}/anthropic"
key_variable = "FOUNDRY_KEY"

[endpoints.gemini]
sdk = "google-vertex"
base_url = "{address}"
project = "our-project"
region = "europe-west1"

[endpoints.hf-second]
sdk = "huggingface"
base_url = "{address}/hf/v1"
key_variable = "HF_SECOND"
headers = {{ X-Team = "essays" }}

[endpoints.anthropic]
sdk = "anthropic"
data_region = "eu"
"""


@dataclass(frozen=True)
class EndpointCase:
    """A model, and what reaches its provider.

    Attributes:
        secrets: The planted words that the request holds, and no others.
        headers: Of them, those that the test names.
    """

    model: str
    path: str
    secrets: frozenset[str]
    line: str = ""
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    stream_path: str = ""


def _planted(*words: str) -> frozenset[str]:
    return frozenset(f"planted-{word}" for word in words)


CASES = (
    EndpointCase(
        "openai/a",
        "/v1/chat/completions",
        _planted("openai", "organization", "project-of-openai", "header-of-openai"),
        headers={"OpenAI-Organization": "planted-organization", "X-Of-OpenAI": "planted-header-of-openai"},
        body={"max_completion_tokens": 400},
        without=("max_tokens", "service_tier"),
    ),
    EndpointCase(
        "openai/own-key",
        "/v1/chat/completions",
        _planted("of-one-line"),
        'key_variable = "LINE_KEY"\nservice_tier = "flex"\n',
        headers={"Authorization": "Bearer planted-of-one-line"},
        body={"service_tier": "flex"},
    ),
    EndpointCase(
        "openai/second",
        "/second/v1/chat/completions",
        _planted("second"),
        'endpoint = "openai-second"\n',
        headers={"OpenAI-Organization": "org-second", "X-Team": "essays"},
        body={"max_completion_tokens": 400},
    ),
    EndpointCase(
        "gateway/a",
        "/gateway/v1/chat/completions",
        _planted("gateway"),
        'base_url = "{address}/gateway/v1"\nkey_variable = "GATEWAY_KEY"\n',
        body={"max_tokens": 400},
        without=("max_completion_tokens",),
    ),
    EndpointCase("free/a", "/free/v1/chat/completions", _planted(), 'base_url = "{address}/free/v1"\n'),
    EndpointCase(
        "azure/deployed",
        "/openai/deployments/deployed/chat/completions",
        _planted("azure"),
        'endpoint = "azure"\n',
        query={"api-version": "2026-10-01"},
        headers={"api-key": "planted-azure"},
        body={"max_completion_tokens": 400},
    ),
    EndpointCase(
        "aws/gpt-oss",
        "/aws/openai/v1/chat/completions",
        _planted(),
        'endpoint = "aws-openai"\n',
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=planted-id/"},
    ),
    EndpointCase(
        "anthropic/a",
        "/v1/messages",
        _planted("anthropic", "header-of-anthropic"),
        headers={"Authorization": "Bearer planted-anthropic"},
        body={"inference_geo": "eu"},
    ),
    EndpointCase(
        "aws/claude",
        "/model/claude/invoke",
        _planted(),
        'endpoint = "aws"\n',
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=planted-id/"},
        stream_path="/model/claude/invoke-with-response-stream",
    ),
    EndpointCase(
        "vertex/claude",
        "/v1/projects/our-project/locations/europe-west1/publishers/anthropic/models/claude:rawPredict",
        frozenset({TOKEN}),
        'endpoint = "vertex"\n',
        headers={"Authorization": f"Bearer {TOKEN}"},
        stream_path="/v1/projects/our-project/locations/europe-west1/publishers/anthropic/models/claude:streamRawPredict",
    ),
    EndpointCase(
        "foundry/claude",
        "/anthropic/v1/messages",
        _planted("foundry"),
        'endpoint = "foundry"\n',
        headers={"x-api-key": "planted-foundry"},
    ),
    EndpointCase(
        "google/a",
        "/v1/models/a:generateContent",
        _planted("google"),
        'service_tier = "flex"\n',
        headers={"x-goog-api-key": "planted-google"},
        body={"serviceTier": "flex"},
        stream_path="/v1/models/a:streamGenerateContent",
    ),
    EndpointCase(
        "google/on-vertex",
        "/v1beta1/projects/our-project/locations/europe-west1/publishers/google/models/on-vertex:generateContent",
        frozenset({TOKEN}),
        'endpoint = "gemini"\n',
        headers={"Authorization": f"Bearer {TOKEN}"},
        stream_path="/v1beta1/projects/our-project/locations/europe-west1/publishers/google/models/on-vertex:streamGenerateContent",
    ),
    EndpointCase("huggingface/a", "/v1/chat/completions", frozenset({"hf_planted"})),
    EndpointCase(
        "huggingface/second",
        "/hf/v1/chat/completions",
        frozenset({"hf_second"}),
        'endpoint = "hf-second"\n',
        headers={"X-Team": "essays"},
    ),
)
every = pytest.mark.parametrize("case", CASES, ids=[case.model for case in CASES])


@dataclass(frozen=True)
class System:
    """A cloud proxy and all that it can reach."""

    stub: Any
    provider: emulator.Emulator
    tokens: TokenServer
    process: ServerProcess


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[System]:
    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(emulator.running(AnyProvider()))
        tokens = await stack.enter_async_context(token_server())
        catalog = folder / "endpoints.toml"
        lines = [f'[models."{case.model}"]\n{_LINE}{case.line}' for case in CASES]
        catalog.write_text(
            "\n".join([_TABLES, *lines])
            .replace("{address}", provider.address)
            .replace("{{", "{")
            .replace("}}", "}")
        )
        process = await stack.enter_async_context(
            running(
                CLOUD_PROXY,
                folder,
                CLOUD_PROXY_CATALOG=str(catalog),
                OPENAI_BASE_URL=f"{provider.address}/v1",
                ANTHROPIC_BASE_URL=provider.address,
                GEMINI_BASE_URL=provider.address,
                HF_BASE_URL=f"{provider.address}/v1",
                AWS_ACCESS_KEY_ID="planted-id",
                GOOGLE_APPLICATION_CREDENTIALS=str(tokens.service_account(folder)),
                **_LOGS,
                **SECRETS,
            )
        )
        channel = await stack.enter_async_context(connect(process.address, _SERVICE))
        stub = model_service_pb2_grpc.ModelServiceStub(channel)
        yield System(stub, provider, tokens, process)


async def test_no_credentials_are_looked_up_at_the_start(system: System) -> None:
    listed = await system.stub.ListModels(model_service_pb2.ListModelsRequest(), timeout=PATIENCE)
    assert {model.state for model in listed.models} == {model_pb2.Model.STATE_READY}
    assert system.tokens.given == 0
    assert system.provider.received == []


@every
async def test_what_reaches_a_provider_is_its_own(system: System, case: EndpointCase) -> None:
    response = await system.stub.Generate(_request(case.model), timeout=PATIENCE)
    received = system.provider.received.pop()
    assert response.parts[0].text == "Some words of an answer."
    assert (received.path, dict(received.query)) == (case.path, case.query)
    for name, value in case.headers.items():
        assert received.headers[name].startswith(value)
    assert received.body.items() >= case.body.items()
    assert not received.body.keys() & set(case.without)
    assert _planted_in(received) == case.secrets


@every
async def test_an_answer_streams_from_everywhere(system: System, case: EndpointCase) -> None:
    wrapped = model_service_pb2.StreamGenerateRequest(request=_request(case.model))
    events = [event async for event in system.stub.StreamGenerate(wrapped, timeout=PATIENCE)]
    received = system.provider.received.pop()
    assert "".join(event.delta.text for event in events) == "Some words of an answer."
    assert events[-1].completed.usage.output_tokens == 50
    assert received.path == (case.stream_path or case.path)
    assert _planted_in(received) == case.secrets


async def test_what_a_cloud_says_of_a_long_text_is_understood(system: System) -> None:
    system.provider.script.append(error(400, {"message": "Input is too long for requested model."}))
    told = await failure(system.stub.Generate(_request("aws/claude"), timeout=PATIENCE))
    assert isinstance(told, errors.InputTooLong)
    system.provider.received.clear()


async def test_an_sdk_that_is_told_to_logs_no_text(system: System) -> None:
    assert TEXT not in system.process.logged()


def _request(model: str) -> model_service_pb2.GenerateRequest:
    turn = content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[content_pb2.Part(text=TEXT)])
    return model_service_pb2.GenerateRequest(model=model, turns=[turn])


def _planted_in(received: Received) -> frozenset[str]:
    words = {word.rpartition(": ")[2] for word in SECRETS.values()} | {TOKEN}
    sent = f"{dict(received.headers)} {dict(received.query)} {received.path} {received.body}"
    found = {word for word in words if word in sent}
    # A word that is part of a longer one that was found was not sent by itself.
    return frozenset(word for word in found if not any(word in other for other in found - {word}))
