"""The catalog's lines for llama.cpp, Ollama and vLLM in docs/gemma.md, before an emulated server."""

import json
import re
from pathlib import Path
from typing import Any

import grpc

from chorus.model.v1.content_pb2 import ROLE_USER, Part, Turn
from chorus.model.v1.model_service_pb2 import GenerateRequest, ListModelsRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from rpckit.server import serving
from rpckit.settings import Environment
from services.cloud_proxy.__main__ import register
from services.cloud_proxy.settings import CloudProxySettings
from tests.fakes.providers.emulator import running
from tests.fakes.providers.openai import ChatCompletions

PAGE = Path(__file__).parents[2] / "docs/gemma.md"
NAMES = {
    "llamacpp/gemma-3-4b-it": "gemma-3-4b-it",
    "ollama/gemma4": "gemma4:latest",
    "vllm/google/gemma-3-4b-it": "google/gemma-3-4b-it",
}
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


async def test_each_line_is_listed_as_local_and_answers_by_a_schema(tmp_path: Path) -> None:
    (lines,) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    async with running(ChatCompletions()) as emulator:
        catalog = tmp_path / "catalog.toml"
        moved = re.sub(r"http://127\.0\.0\.1:\d+", emulator.address, lines)
        catalog.write_text("packaged = false\n" + moved, encoding="utf-8")
        variables = {
            "CLOUD_PROXY_PORT": "0",
            "CLOUD_PROXY_CATALOG": str(catalog),
            "CHORUS_DRAIN_PAUSE_SECONDS": "0",
            "CHORUS_DRAIN_GRACE_SECONDS": "0.2",
        }
        settings = CloudProxySettings.read(Environment(variables))
        async with (
            serving(settings, register) as port,
            grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel,
        ):
            stub: Any = ModelServiceStub(channel)
            listed = (await stub.ListModels(ListModelsRequest(), timeout=30)).models
            assert {each.name: each.footprint.device for each in listed} == dict.fromkeys(NAMES, "local")
            for name in NAMES:
                asked = GenerateRequest(model=name, turns=[Turn(role=ROLE_USER, parts=[Part(text="Hello")])])
                asked.output_format.json_schema = json.dumps(SCHEMA)
                answer = await stub.Generate(asked, timeout=30)
                assert "a" in json.loads(answer.parts[0].text)
        assert [each.body["model"] for each in emulator.received] == list(NAMES.values())
