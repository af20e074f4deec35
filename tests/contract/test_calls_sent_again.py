"""Tests that a call that gRPC sends again, because a server was gone, says so in the log of the next one."""

import json
from typing import Any

import grpc
import pytest
from typing_extensions import override

from chorus.model.v1 import model_service_pb2_grpc
from chorus.model.v1.model_service_pb2 import ListModelsRequest, ListModelsResponse
from rpckit.call import served_call
from rpckit.channel import connect
from rpckit.server import Host, serving
from rpckit.settings import Environment, ServerSettings
from tests.fakes.json_log import json_log
from tests.fakes.recorder import Recorder, ServerOnlySettings
from tests.patience import PATIENCE

SERVICE = "chorus.model.v1.ModelService"


class GoneAtFirst(Recorder):
    """Ends the first two calls as the transport does where a server is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.servers_gone: list[int] = []

    @override
    async def ListModels(self, request: ListModelsRequest, context: Any) -> ListModelsResponse:
        self.servers_gone.append(served_call().servers_gone)
        if len(self.servers_gone) <= 2:
            await context.abort(grpc.StatusCode.UNAVAILABLE)
        return ListModelsResponse()


async def test_a_call_tells_how_many_servers_were_gone(capsys: pytest.CaptureFixture[str]) -> None:
    servicer = GoneAtFirst()

    async def register(host: Host, _: ServerOnlySettings) -> None:
        await host.add(SERVICE, model_service_pb2_grpc.add_ModelServiceServicer_to_server, servicer)

    settings = ServerOnlySettings(ServerSettings.read(Environment({"X_PORT": "0"}), "X", port=0))
    with json_log():
        async with serving(settings, register) as port, connect(f"127.0.0.1:{port}", SERVICE) as channel:
            stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)
            await stub.ListModels(ListModelsRequest(), timeout=PATIENCE)
    assert servicer.servers_gone == [0, 1, 2]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    logged = [each for each in lines if each.get("method") == f"/{SERVICE}/ListModels"]
    assert [each["servers_gone"] for each in logged] == [0, 1, 2]
