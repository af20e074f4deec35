"""Asks servers of Chorus's contract: a model server, or an orchestrator."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from typing_extensions import override

from bench.faults.case import ANSWER, LENGTH, TEXT, Case
from bench.faults.outcome import Outcome, Target
from chorus.feedback.v1 import feedback_service_pb2, feedback_service_pb2_grpc, submission_pb2
from chorus.model.v1 import (
    content_pb2,
    failure_pb2,
    generation_pb2,
    model_service_pb2,
    model_service_pb2_grpc,
)
from modelkit.usage import usage_of
from rpckit.channel import connect
from rpckit.errors import QuorumNotReached, from_rpc_error, is_from_chorus, reason_name
from rpckit.settings import Environment, Security

MODEL_PREFIX, REVIEW_PREFIX = "faults/", "reviews/"
STEADY = "none"

_MODEL_SERVICE = "chorus.model.v1.ModelService"
_FEEDBACK_SERVICE = "chorus.feedback.v1.FeedbackService"
_PROMPT = "Say some words."
_CONNECT_SECONDS = 10.0
# What a review keeps of one model's points.
_MOST_POINTS = 64


class ModelServer(Target):
    """Asks a ModelService for plain text."""

    kind = "model server"
    reviews = False
    tells_reasons = True

    def __init__(self, channel: grpc.aio.Channel, prefix: str = MODEL_PREFIX) -> None:
        self.prefix = prefix
        self._stub: Any = model_service_pb2_grpc.ModelServiceStub(channel)

    @override
    async def ask(self, case: Case, *, streaming: bool, seconds: float) -> Outcome:
        part = content_pb2.Part(text=_PROMPT)
        request = model_service_pb2.GenerateRequest(
            model=self.prefix + case.name, turns=[content_pb2.Turn(role=content_pb2.ROLE_USER, parts=[part])]
        )
        return await _outcome(lambda: self._generate(request, seconds, streaming=streaming))

    async def _generate(
        self, request: model_service_pb2.GenerateRequest, seconds: float, *, streaming: bool
    ) -> Outcome:
        if not streaming:
            response = await self._stub.Generate(request, timeout=seconds)
            return _answered(response.parts, response.completion)
        parts: list[content_pb2.Part] = []
        completion: model_service_pb2.Completion | None = None
        wrapped = model_service_pb2.StreamGenerateRequest(request=request)
        async for event in self._stub.StreamGenerate(wrapped, timeout=seconds):
            if event.HasField("delta"):
                parts.append(event.delta)
            else:
                completion = event.completed
        return Outcome("a stream without an end") if completion is None else _answered(parts, completion)


def _answered(parts: Iterable[content_pb2.Part], completion: model_service_pb2.Completion) -> Outcome:
    is_whole = completion.finish_reason == generation_pb2.FINISH_REASON_STOP
    text = "".join(part.text for part in parts)
    return Outcome(ANSWER if is_whole else LENGTH, text, completion.usage)


class Orchestrator(Target):
    """Asks a FeedbackService for a review by two models, of which one never fails."""

    kind = "orchestrator"
    reviews = True
    tells_reasons = True

    def __init__(self, channel: grpc.aio.Channel, prefix: str = REVIEW_PREFIX) -> None:
        self.prefix = prefix
        self._stub: Any = feedback_service_pb2_grpc.FeedbackServiceStub(channel)

    @override
    async def ask(self, case: Case, *, streaming: bool, seconds: float) -> Outcome:
        names = dict.fromkeys((case.name, STEADY))
        request = feedback_service_pb2.GetFeedbackRequest(
            submission=submission_pb2.Submission(text=TEXT, language_code="en"),
            models=[self.prefix + name for name in names],
            policy=feedback_service_pb2.PanelPolicy(
                substitution=feedback_service_pb2.PanelPolicy.SUBSTITUTION_NONE
            ),
        )
        return await _outcome(lambda: self._review(request, seconds, streaming=streaming))

    async def _review(
        self, request: feedback_service_pb2.GetFeedbackRequest, seconds: float, *, streaming: bool
    ) -> Outcome:
        if not streaming:
            return _reviewed(await self._stub.GetFeedback(request, timeout=seconds))
        wrapped = feedback_service_pb2.StreamFeedbackRequest(request=request)
        async for event in self._stub.StreamFeedback(wrapped, timeout=seconds):
            if event.HasField("response"):
                return _reviewed(event.response)
        return Outcome("a stream without an end")


def _reviewed(response: feedback_service_pb2.GetFeedbackResponse) -> Outcome:
    faulty, *others = response.results
    if not all(each.HasField("feedback") for each in others):
        return Outcome("another model's answer is lost")
    usage = faulty.usage if faulty.HasField("usage") else None
    if faulty.HasField("failure"):
        return _failed(faulty.failure, usage)
    points = len(faulty.feedback.points)
    if points > _MOST_POINTS:
        return Outcome(f"{points} points", usage=usage)
    return Outcome(ANSWER, usage=usage, merged=len(response.merged.points))


def _failed(failure: failure_pb2.Failure, usage: generation_pb2.Usage | None) -> Outcome:
    delay = failure.retry_delay.ToNanoseconds() / 1e9 if failure.HasField("retry_delay") else None
    return Outcome(reason_name(failure.reason), usage=usage, retry_delay=delay)


async def _outcome(call: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Returns how a call ended. What nobody typed is the transport's, or a bug's."""
    try:
        return await call()
    except grpc.aio.AioRpcError as status:
        if not is_from_chorus(status):
            return Outcome(f"a bare {status.code().name}")
        error = from_rpc_error(status)
        if isinstance(error, QuorumNotReached):
            return Outcome("another model's answer is lost")
        return Outcome(reason_name(error.reason), usage=usage_of(error), retry_delay=error.retry_delay)


def open_channel(address: str, service: str, environment: Environment) -> grpc.aio.Channel:
    """Opens a channel as the command line client does.

    Raises:
        SettingError: A variable is wrong, or what is said would leave the machine in plaintext.
    """
    token = environment.text("CHORUS_TOKEN")
    security = Security.read(environment, shows_own=not token)
    return connect(address, service, watch_health=False, security=security, token=token)


async def grpc_target(address: str, environment: Environment) -> tuple[Target, grpc.aio.Channel]:
    """Returns what answers at an address, with the channel to close.

    Raises:
        SettingError: As `open_channel` does.
        ConnectionError: Nothing answers there.
    """
    channel = open_channel(address, _FEEDBACK_SERVICE, environment)
    health: Any = health_pb2_grpc.HealthStub(channel)
    try:
        await health.Check(health_pb2.HealthCheckRequest(service=_FEEDBACK_SERVICE), timeout=_CONNECT_SECONDS)
    except grpc.aio.AioRpcError as error:
        await channel.close()
        if error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
            raise ConnectionError(f"nothing answers at {address}") from None
        channel = open_channel(address, _MODEL_SERVICE, environment)
        return ModelServer(channel), channel
    return Orchestrator(channel), channel
