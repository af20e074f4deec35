import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration

from chorus.feedback.v1.feedback_pb2 import Anchor
from chorus.feedback.v1.feedback_service_pb2 import (
    GetFeedbackRequest,
    GetFeedbackResponse,
    PanelPolicy,
    StreamFeedbackRequest,
)
from chorus.feedback.v1.submission_pb2 import Criterion, Level, Rubric, Submission
from chorus.model.v1.failure_pb2 import ERROR_REASON_NOT_SUPPORTED
from chorus.model.v1.generation_pb2 import Sampling
from rpckit.channel import connect
from rpckit.errors import InvalidRequest
from tests.e2e.processes import FAKE, FEEDBACK_SERVICE, ORCHESTRATOR, PROOFREADER, feedback_stub, running
from tests.failed_call import failure
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEBIBYTE = 1024 * 1024
MOST_CODE_POINTS = 100_000
LEVELS = [Level(score=1), Level(score=2)]


@dataclass(frozen=True)
class OrchestratorUnderTest:
    """Holds an orchestrator, its stub, and its GetFeedback for bytes that no stub sends."""

    address: str
    stub: Any
    send: Any

    async def is_well(self) -> bool:
        """Says whether a good call is answered."""
        response = await self.stub.GetFeedback(request(), timeout=PATIENCE)
        return bool(response.merged.panel.answered == 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(folder: Path) -> AsyncIterator[OrchestratorUnderTest]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        fake = await enter(running(FAKE, folder))
        proofreader = await enter(running(PROOFREADER, folder))
        servers = f"{fake.address},{proofreader.address}"
        orchestrator = await enter(running(ORCHESTRATOR, folder, CHORUS_MODEL_SERVERS=servers))
        stub = await enter(feedback_stub(orchestrator.address))
        channel = await enter(connect(orchestrator.address, FEEDBACK_SERVICE))
        yield OrchestratorUnderTest(orchestrator.address, stub, get_feedback(channel))


def get_feedback(channel: grpc.aio.Channel) -> Any:
    """Returns GetFeedback as a method that takes and gives bytes."""
    return channel.unary_unary(f"/{FEEDBACK_SERVICE}/GetFeedback")


def request(text: str = "A text.", **fields: Any) -> GetFeedbackRequest:
    """Makes a good request, apart from the fields that are given."""
    good: dict[str, Any] = {"submission": Submission(text=text), "models": ["fake/good"]}
    return GetFeedbackRequest(**(good | fields))


def judged_by(*criteria: Criterion) -> GetFeedbackRequest:
    return request(rubric=Rubric(criteria=criteria))


def under(**policy: Any) -> GetFeedbackRequest:
    return request(policy=PanelPolicy(**policy))


BAD_REQUESTS = [
    ("submission.text", GetFeedbackRequest(models=["fake/good"])),
    ("submission.text", request(" \n\t")),
    ("submission.text", request("\u200b\u2060\u3164")),
    ("submission.text", request("😀" * (MOST_CODE_POINTS + 1))),
    ("submission.task", request(submission=Submission(text="A text.", task="x" * 20_001))),
    ("submission.language_code", request(submission=Submission(text="A text.", language_code="a b"))),
    ("models[0]", request(models=["fake/nobody"])),
    ("models[1]", request(models=["fake/good", "fake/good"])),
    ("models[0]", request(models=["fake/painter"])),
    ("models[1]", request(models=["fake/second", "fake/good"], allowed_providers=["beta-cloud"])),
    ("rubric.criteria", judged_by()),
    ("rubric.criteria[0].id", judged_by(Criterion(levels=LEVELS))),
    ("rubric.criteria[1].id", judged_by(*[Criterion(id="a", levels=LEVELS)] * 2)),
    ("rubric.criteria[0].levels", judged_by(Criterion(id="a", levels=LEVELS[:1]))),
    ("rubric.criteria[0].levels[1].score", judged_by(Criterion(id="a", levels=LEVELS[::-1]))),
    (
        "rubric.criteria[0].levels[0].score",
        judged_by(Criterion(id="a", levels=[Level(score=float("nan"))] * 2)),
    ),
    ("rubric.criteria[0].weight", judged_by(Criterion(id="a", levels=LEVELS, weight=-1))),
    ("rubric.criteria", judged_by(Criterion(id="a", levels=LEVELS, weight=0))),
    ("policy.min_models", under(min_models=0)),
    ("policy.min_models", under(min_models=2)),
    ("policy.min_families", under(min_families=2)),
    ("policy.model_timeout", under(model_timeout=Duration())),
    ("policy.straggler_grace", under(straggler_grace=Duration(seconds=-1))),
    ("policy.max_cost_usd_nanos", under(max_cost_usd_nanos=-1)),
    ("sampling.temperature", request(sampling=Sampling(temperature=float("inf")))),
    ("summary_model", request(summary_model="fake/nobody")),
    ("request_id", request(request_id="x" * 65)),
    ("feedback_language_code", request(feedback_language_code="한국어")),
]


@pytest.mark.parametrize(
    ("field", "bad"), BAD_REQUESTS, ids=lambda value: value if isinstance(value, str) else ""
)
async def test_a_bad_field_is_named(
    system: OrchestratorUnderTest, field: str, bad: GetFeedbackRequest
) -> None:
    error = await failure(system.stub.GetFeedback(bad, timeout=PATIENCE))
    assert isinstance(error, InvalidRequest)
    assert field in error.metadata
    assert await system.is_well()


async def test_every_bad_field_is_named_at_once(system: OrchestratorUnderTest) -> None:
    bad = GetFeedbackRequest(models=["fake/good"] * 2, policy=PanelPolicy(min_models=0))
    stream = system.stub.StreamFeedback(StreamFeedbackRequest(request=bad), timeout=PATIENCE)
    error = await failure(stream.read())
    assert isinstance(error, InvalidRequest)
    assert {*error.metadata} == {"submission.text", "models[1]", "policy.min_models"}


async def test_a_call_without_a_deadline_is_refused(system: OrchestratorUnderTest) -> None:
    error = await failure(system.stub.GetFeedback(request()))
    assert isinstance(error, InvalidRequest)
    assert [*error.metadata] == ["grpc-timeout"]
    assert await system.is_well()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xff\xff\xff", id="no message"),
        pytest.param(request().SerializeToString()[:-1], id="cut"),
    ],
)
async def test_bytes_that_are_no_request_name_the_message(system: OrchestratorUnderTest, data: bytes) -> None:
    error = await failure(system.send(data, timeout=PATIENCE))
    assert isinstance(error, InvalidRequest)
    assert [*error.metadata] == ["chorus.feedback.v1.GetFeedbackRequest"]
    assert await system.is_well()


async def test_a_string_that_is_not_utf_8_is_named_as_any_field(system: OrchestratorUnderTest) -> None:
    # Its submission.text has one byte, which is no UTF-8.
    error = await failure(system.send(b"\x0a\x03\x0a\x01\xff", timeout=PATIENCE))
    assert isinstance(error, InvalidRequest)
    assert error.metadata == {"submission.text": "not UTF-8"}


async def test_unknown_fields_are_ignored(system: OrchestratorUnderTest) -> None:
    # Field 1000 is unknown: once a varint, once a text.
    unknown = b"\xc0\x3e\x01" + b"\xc2\x3e\x03new"
    answer = GetFeedbackResponse.FromString(
        await system.send(request().SerializeToString() + unknown, timeout=PATIENCE)
    )
    assert answer.merged.panel.answered == 1


async def test_a_message_over_sixteen_mebibytes_is_refused_by_the_transport(
    system: OrchestratorUnderTest,
) -> None:
    data = request("x" * (16 * MEBIBYTE)).SerializeToString()
    # This channel does not refuse the message itself.
    options = [("grpc.max_send_message_length", -1)]
    async with grpc.aio.insecure_channel(system.address, options) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await get_feedback(channel)(data, timeout=PATIENCE)
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert await system.is_well()


TEXTS = {
    "NFD Korean": unicodedata.normalize(
        "NFD", "학교 옥상에 텃밭을 만들면 좋겠습니다. 식물을 배울 수 잇습니다. 그래서 저는 찬성합니다."
    ),
    "emoji": "I 👍🏽 gardens. 🌱🌻 They definately grow! Everyone smiles 😀😀😀.",
    "ZWJ sequences": "My family 👨‍👩‍👧‍👦 has a garden. We recieve help 🧑🏿‍🌾. Flags 🏴󠁧󠁢󠁳󠁣󠁴󠁿🇰🇷 are fun.",
    "combining characters": "Cafe\u0301 is nai\u0308ve. Za\u0335\u0321\u031blgo grows he\u0301re. The end.",
    "right to left": "הגן שלנו יפה. אנחנו אוהבים פרחים! الحديقة جميلة. نحن نحب الزهور؟",
    "invisible characters": (
        "\ufeffOur gar\u00adden is\u200b good.\u2060 We\u200b\u200bgrow \u202ebeans\u202c. It\u3164 ends."
    ),
    "astral characters and controls": (
        "\U00020000\U0002a6d6 is old. a\r\nline ends\rhere. Tabs\tand\x0bmore\x85 end it."
    ),
    "as long as may be": ("우리 학교는 정원이 필요하다. 🌱 " * MOST_CODE_POINTS)[:MOST_CODE_POINTS],
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
async def test_every_quote_is_a_slice_of_the_text_as_received(
    system: OrchestratorUnderTest, text: str
) -> None:
    models = ["fake/good", "fake/second", "chorus/proofreader-language", "chorus/proofreader-structure"]
    response = await system.stub.GetFeedback(request(text, models=models), timeout=PATIENCE)
    # The proofreader refuses other languages than Korean and English; substitutes may be asked then.
    failures = [
        each.failure.reason for each in response.results if each.model in models and each.HasField("failure")
    ]
    assert set(failures) <= {ERROR_REASON_NOT_SUPPORTED}
    anchors = list(_anchors(response))
    assert len(anchors) >= 4
    for anchor in anchors:
        assert 0 <= anchor.start < anchor.end <= len(text)
        assert anchor.quote == text[anchor.start : anchor.end]


async def test_a_quote_tears_no_syllable_and_no_emoji(system: OrchestratorUnderTest) -> None:
    text = unicodedata.normalize("NFD", "각각 👩‍🌾. 끝.")
    response = await system.stub.GetFeedback(request(text), timeout=PATIENCE)
    quotes = {anchor.quote for anchor in _anchors(response)}
    assert quotes == {unicodedata.normalize("NFD", "각각 👩‍🌾."), unicodedata.normalize("NFD", "끝.")}


def _anchors(response: GetFeedbackResponse) -> Iterator[Anchor]:
    yield from response.merged.suspected_injections
    for result in response.results:
        for score in result.feedback.scores:
            yield from score.evidence
        for point in result.feedback.points:
            if point.HasField("anchor"):
                yield point.anchor
    for merged_point in response.merged.points:
        for member in merged_point.members:
            if member.point.HasField("anchor"):
                yield member.point.anchor
