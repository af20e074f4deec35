"""Tests that a service that is ready has loaded all that its first calls take."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackRequest
from chorus.feedback.v1.submission_pb2 import Submission
from chorus.model.v1.model_service_pb2 import StreamGenerateRequest
from chorus.model.v1.model_service_pb2_grpc import ModelServiceStub
from modelkit.servicer import MODEL_SERVICE
from rpckit.channel import connect
from tests.contract.requests import answer_request
from tests.e2e.processes import CATALOG, Program, feedback_stub, running
from tests.fakes.providers.anthropic import Messages
from tests.fakes.providers.emulator import Dialect
from tests.fakes.providers.emulator import running as emulating
from tests.fakes.providers.gemini import GenerateContent
from tests.fakes.providers.openai import ChatCompletions
from tests.patience import PATIENCE

KOREAN = "학교에 정원이 필요하다. 왜냐하면 학생들이 식물을 배우기 때문이다. 나는 그렇게 생각해요."
ENGLISH = "Our school needs a garden. Studens would learn how plants grow, and they would like it."
# Too short for anyone to see at a glance that it is English.
SHORT = "Cats love boxes."
TEXTS = [
    Submission(text=KOREAN),
    Submission(text=ENGLISH),
    Submission(text=SHORT),
]


def counted(module: str, port_variable: str) -> Program:
    return Program(("tests.e2e.first_call", module), port_variable)


async def test_the_first_reviews_load_nothing(folder: Path) -> None:
    loaded = {name: folder / f"{name}.txt" for name in ("proofreader", "orchestrator")}
    proofreader = counted("services.proofreader", "PROOFREADER_PORT")
    orchestrator = counted("orchestrator", "ORCHESTRATOR_PORT")
    async with (
        running(proofreader, folder, FIRST_CALL=str(loaded["proofreader"])) as reviewers,
        running(
            orchestrator,
            folder,
            FIRST_CALL=str(loaded["orchestrator"]),
            CHORUS_MODEL_SERVERS=reviewers.address,
        ) as reviewing,
        feedback_stub(reviewing.address) as stub,
    ):
        for submission in TEXTS:
            response = await stub.GetFeedback(GetFeedbackRequest(submission=submission), timeout=PATIENCE)
            assert response.merged.panel.answered == 2
    assert {name: file.read_text("utf-8") for name, file in loaded.items()} == dict.fromkeys(loaded, "")


async def test_the_first_call_of_each_provider_loads_nothing(folder: Path) -> None:
    loaded = folder / "cloud_proxy.txt"
    chat = ChatCompletions()
    dialects: dict[str, Dialect] = {
        "OPENAI": chat,
        "ANTHROPIC": Messages(),
        "GEMINI": GenerateContent(),
        "HF": chat,
    }
    models = ("openai/talker", "anthropic/talker", "google/talker", "huggingface/meta/talker")
    variables = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "HF_TOKEN")
    async with AsyncExitStack() as stack:
        urls = {
            f"{name}_BASE_URL": (await stack.enter_async_context(emulating(dialect))).address
            + ("/v1" if dialect is chat else "")
            for name, dialect in dialects.items()
        }
        settings = (
            urls
            | dict.fromkeys(variables, "hf_not-a-key")
            | {"CLOUD_PROXY_CATALOG": str(CATALOG), "FIRST_CALL": str(loaded)}
        )
        program = counted("services.cloud_proxy", "CLOUD_PROXY_PORT")
        async with (
            running(program, folder, CLOUD_PROXY_CHECK_KEYS="no", **settings) as proxy,
            connect(proxy.address, MODEL_SERVICE) as channel,
        ):
            stub: Any = ModelServiceStub(channel)
            for model in models:
                request = StreamGenerateRequest(request=answer_request(model))
                parts = [each async for each in stub.StreamGenerate(request, timeout=PATIENCE)]
                assert parts[-1].HasField("completed")
    assert loaded.read_text("utf-8") == ""
