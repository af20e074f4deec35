import socket
from pathlib import Path

import pytest

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest, ListModelsRequest, PanelPolicy
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1 import failure_pb2, model_pb2
from rpckit.errors import Unavailable
from tests.e2e.processes import (
    CATALOG,
    CLOUD_PROXY,
    FAKE,
    ORCHESTRATOR,
    SERVICES,
    WEB,
    Program,
    feedback_stub,
    run_to_end,
    running,
)
from tests.failed_call import failure
from tests.fakes.providers.emulator import running as emulating
from tests.fakes.providers.openai import ChatCompletions
from tests.fakes.providers.reply import error
from tests.patience import PATIENCE

KEY = "sk-planted-0123456789"

WRONG = [
    ("orchestrator", "ORCHESTRATOR_PORT", "http"),
    ("services.cloud_proxy", "CLOUD_PROXY_PORT", "65536"),
    ("services.gemma", "GEMMA_PORT", "-1"),
    ("services.proofreader", "PROOFREADER_PORT", "5.5"),
    ("orchestrator", "CHORUS_MODEL_SERVERS", "127.0.0.1:50052,gemma"),
    ("orchestrator", "CHORUS_MODEL_SERVERS", "127.0.0.1:65536"),
    ("orchestrator", "CHORUS_MODEL_SERVERS", "http://127.0.0.1:50052"),
    ("clients.web.server", "CHORUS_SERVER", "http://127.0.0.1:50051"),
    ("orchestrator", "CHORUS_STATE_DIR", __file__),
    ("services.cloud_proxy", "CLOUD_PROXY_CATALOG", __file__),
    ("services.cloud_proxy", "CLOUD_PROXY_CATALOG", "/no/such/catalog.toml"),
    ("services.cloud_proxy", "OPENAI_BASE_URL", "localhost:8080"),
    ("services.cloud_proxy", "HF_BASE_URL", "ftp://127.0.0.1"),
    ("clients.web.server", "WEB_HOST", "192.0.2.1"),
    ("services.proofreader", "CHORUS_DRAIN_GRACE_SECONDS", "soon"),
]


@pytest.mark.parametrize(("module", "variable", "value"), WRONG)
async def test_a_wrong_setting_ends_the_start_with_one_line_that_names_it(
    folder: Path, module: str, variable: str, value: str
) -> None:
    code, output, errors = await run_to_end(folder, module, **{variable: value})
    (line,) = errors.splitlines()
    assert line.startswith(f"{variable}: ")
    assert (code, output) == (2, "")


@pytest.mark.parametrize("program", [*SERVICES, WEB], ids=lambda program: program.arguments[0])
async def test_a_port_that_is_taken_is_a_wrong_setting(folder: Path, program: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, output, errors = await run_to_end(folder, *program.arguments, **{program.port_variable: port})
    (line,) = errors.splitlines()
    assert line.startswith(f"{program.port_variable}: ")
    assert port in line
    assert (code, output) == (2, "")


async def test_a_missing_key_is_no_error_and_the_model_says_what_to_set(folder: Path) -> None:
    async with (
        running(CLOUD_PROXY, folder) as proxy,
        running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proxy.address) as orchestrator,
        feedback_stub(orchestrator.address) as stub,
    ):
        listed = await stub.ListModels(ListModelsRequest(), timeout=PATIENCE)
        refused = await failure(
            stub.GetFeedback(GetFeedbackRequest(submission=Submission(text="A text.")), timeout=PATIENCE)
        )
    details = {model.provider: model.state_detail for model in listed.models if not model.retirement_date}
    assert {model.state for model in listed.models} == {model_pb2.Model.STATE_UNAVAILABLE}
    assert details == {
        "openai": "set OPENAI_API_KEY",
        "anthropic": "set ANTHROPIC_API_KEY",
        "google": "set GOOGLE_API_KEY",
        "huggingface": "set HF_TOKEN",
    }
    assert isinstance(refused, Unavailable)


async def test_the_orchestrator_runs_on_the_base_dependencies_alone(folder: Path) -> None:
    base_only = Program(("tests.e2e.base_only", "orchestrator"), "ORCHESTRATOR_PORT")
    async with (
        running(FAKE, folder) as fake,
        running(base_only, folder, CHORUS_MODEL_SERVERS=fake.address) as orchestrator,
        feedback_stub(orchestrator.address) as stub,
    ):
        request = GetFeedbackRequest(
            submission=Submission(text="학교 옥상에 텃밭을 만들면 좋겠습니다."), models=["fake/good"]
        )
        response = await stub.GetFeedback(request, timeout=PATIENCE)
    assert response.merged.points


async def test_what_the_base_lacks_is_missed_where_it_is_needed(folder: Path) -> None:
    code, _, errors = await run_to_end(folder, "tests.e2e.base_only", "services.proofreader")
    assert code == 1
    assert "ModuleNotFoundError" in errors


async def test_a_rejected_key_is_nowhere_to_be_seen(folder: Path) -> None:
    request = GetFeedbackRequest(
        submission=Submission(text="A text."),
        models=["openai/talker"],
        policy=PanelPolicy(substitution=PanelPolicy.SUBSTITUTION_NONE),
    )
    async with emulating(ChatCompletions()) as provider:
        provider.script.append(error(401, {"error": {"message": f"wrong: {KEY}", "code": "invalid_api_key"}}))
        settings = {
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": f"{provider.address}/v1",
            "CLOUD_PROXY_CATALOG": str(CATALOG),
        }
        async with (
            running(CLOUD_PROXY, folder, **settings) as proxy,
            running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=proxy.address) as orchestrator,
            feedback_stub(orchestrator.address) as stub,
        ):
            refused = await failure(stub.GetFeedback(request, timeout=PATIENCE))
            listed = await stub.ListModels(ListModelsRequest(), timeout=PATIENCE)
            command_lines = proxy.command_line(), orchestrator.command_line()
    failures = (each.value for each in refused.details if each.Is(failure_pb2.Failure.DESCRIPTOR))
    (failed,) = map(failure_pb2.Failure.FromString, failures)
    assert failed.reason == failure_pb2.ERROR_REASON_PROVIDER_AUTH
    assert failed.metadata["setting"] == "OPENAI_API_KEY"
    # The key was sent to its provider.
    assert provider.received[0].headers["authorization"] == f"Bearer {KEY}"
    logs = proxy.logged(), orchestrator.logged()
    assert all('"call"' in log for log in logs)
    assert KEY not in "".join((*logs, *command_lines, str(refused), repr(refused.__dict__), str(listed)))


async def test_traces_without_their_extra_are_missed_at_the_start(folder: Path) -> None:
    collector = "http://127.0.0.1:1"
    variables = {"ORCHESTRATOR_PORT": "0", "OTEL_EXPORTER_OTLP_ENDPOINT": collector}
    code, _, errors = await run_to_end(folder, "tests.e2e.base_only", "orchestrator", **variables)
    assert code == 2
    (line,) = errors.splitlines()
    assert line.startswith("OTEL_EXPORTER_OTLP_ENDPOINT: ")
    assert ".[tracing]" in line
