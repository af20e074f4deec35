"""The client: one method for each call of the contract."""

import time
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

import grpc

from chorus.classroom.v1 import classroom_service_pb2, classroom_service_pb2_grpc
from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2, feedback_service_pb2_grpc
from chorus.model.v1 import model_pb2
from chorus_client.channel import Tls, is_on_this_machine, open_channel
from chorus_client.errors import (
    BadOutputError,
    ChorusCallError,
    NoOrchestratorError,
    NothingAnswersError,
    UntrustedServerError,
    is_from_transport,
    typed_error,
)
from chorus_client.handshake import distrust
from chorus_client.settings import ConnectionSettings

if TYPE_CHECKING:
    # The stubs' names for what a stub is on an aio channel.
    from chorus.classroom.v1.classroom_service_pb2_grpc import ClassroomServiceAsyncStub
    from chorus.feedback.v1.feedback_service_pb2_grpc import FeedbackServiceAsyncStub

_FEEDBACK = "chorus.feedback.v1.FeedbackService"
_CLASSROOM = "chorus.classroom.v1.ClassroomService"
_HEALTH_CHECK = "/grpc.health.v1.Health/Check"
_HEALTH_CHECK_SECONDS = 2.0
_LARGEST_PAGE = 1000
_REQUEST_ID_KEY = "x-request-id"
_Metadata = tuple[tuple[str, str], ...]

OnEvent = Callable[[feedback_service_pb2.StreamFeedbackResponse], object]
"""Takes an event of a stream."""


class ChorusClient:
    """Calls one orchestrator, or its replicas. Use it as an asynchronous context manager, and share it.

    Every call has a `timeout` in seconds, which is its deadline on the server, too. It may have a
    `request_id`, 1 to 64 printable ASCII characters, by which the logs of every server know it; by default it
    gets a new one. Cancelling the task that waits cancels the call, and the models' work with it. A failed
    call raises a ChorusCallError, of the class that `chorus_client.errors` has for its reason.
    """

    def __init__(self, target: str, *, tls: Tls | None, token: str, insecure: bool) -> None:
        if tls is None and not is_on_this_machine(target):
            if token:
                raise ValueError(f"a token does not go to {target} in plaintext: give tls")
            if not insecure:
                raise ValueError(f"{target} is beyond this machine: give tls, or insecure=True")
        self._target = target
        self._tls = tls
        self._authorization = (("authorization", f"Bearer {token}"),) if token else ()
        self._channels = {name: open_channel(target, name, tls=tls) for name in (_FEEDBACK, _CLASSROOM)}
        self._feedback = cast(
            "FeedbackServiceAsyncStub",
            feedback_service_pb2_grpc.FeedbackServiceStub(self._channels[_FEEDBACK]),
        )
        self._classroom = cast(
            "ClassroomServiceAsyncStub",
            classroom_service_pb2_grpc.ClassroomServiceStub(self._channels[_CLASSROOM]),
        )

    @classmethod
    def connect(
        cls, target: str, *, tls: Tls | None = None, token: str = "", insecure: bool = False
    ) -> "ChorusClient":
        """Returns a client within a running event loop. It connects with its first call.

        Args:
            target: Where Chorus is, as a gRPC target: "127.0.0.1:50051", "dns:///chorus.example:443".
            tls: How the connection is kept private. None: it is in plaintext.
            token: Says who calls. Empty: the certificate does, or nothing.
            insecure: Whether plaintext may leave this machine. A token never does.

        Raises:
            ValueError: Plaintext would leave this machine, and that was not asked for, or with a token.
        """
        return cls(target, tls=tls, token=token, insecure=insecure)

    @classmethod
    def from_environment(cls, address: str = "") -> "ChorusClient":
        """Returns a client within a running event loop, as the variables of ConnectionSettings have it.

        Raises:
            SettingError: A variable holds what it cannot hold.
        """
        found = ConnectionSettings.read(address)
        return cls(found.address, tls=found.tls, token=found.token, insecure=found.insecure)

    async def review(
        self, request: feedback_service_pb2.GetFeedbackRequest, *, timeout: float, request_id: str = ""
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Asks the panel about a text, and returns the merged feedback.

        With something unique in `request.request_id` a repeat never pays twice. That is not the `request_id`
        beside it.
        """
        async with self._call(_FEEDBACK, request_id) as metadata:
            return await self._feedback.GetFeedback(request, timeout=timeout, metadata=metadata)

    async def stream(
        self,
        request: feedback_service_pb2.GetFeedbackRequest,
        on_event: OnEvent,
        *,
        timeout: float,
        request_id: str = "",
    ) -> feedback_service_pb2.GetFeedbackResponse:
        """Does what `review` does, and calls `on_event` with each event of the stream as it comes."""
        response = None
        wrapped = feedback_service_pb2.StreamFeedbackRequest(request=request)
        async with self._call(_FEEDBACK, request_id) as metadata:
            call = self._feedback.StreamFeedback(wrapped, timeout=timeout, metadata=metadata)
            try:
                async for event in call:
                    on_event(event)
                    if event.HasField("response"):
                        response = event.response
            finally:
                call.cancel()
        if response is None:
            raise BadOutputError("the stream ended without a response")
        return response

    async def stored(
        self, feedback_id: str, *, timeout: float, request_id: str = ""
    ) -> feedback_service_pb2.GetStoredFeedbackResponse:
        """Returns what is stored of a feedback, with what people scored and decided."""
        request = feedback_service_pb2.GetStoredFeedbackRequest(feedback_id=feedback_id)
        async with self._call(_FEEDBACK, request_id) as metadata:
            return await self._feedback.GetStoredFeedback(request, timeout=timeout, metadata=metadata)

    async def record_scores(
        self,
        feedback_id: str,
        rater: str,
        scores: Sequence[feedback_pb2.CriterionScore],
        *,
        timeout: float,
        request_id: str = "",
    ) -> None:
        """Records a person's scores, against which the models' severity is measured.

        `rater` is a pseudonym, never a name. The scores replace what it said before.
        """
        request = feedback_service_pb2.RecordScoresRequest(
            feedback_id=feedback_id, rater=rater, scores=scores
        )
        async with self._call(_FEEDBACK, request_id) as metadata:
            await self._feedback.RecordScores(request, timeout=timeout, metadata=metadata)

    async def record_decisions(
        self, feedback_id: str, decisions: decision_pb2.Decisions, *, timeout: float, request_id: str = ""
    ) -> None:
        """Records what a person decided on the points and scores of a feedback."""
        request = feedback_service_pb2.RecordDecisionsRequest(feedback_id=feedback_id, decisions=decisions)
        async with self._call(_FEEDBACK, request_id) as metadata:
            await self._feedback.RecordDecisions(request, timeout=timeout, metadata=metadata)

    async def delete(self, feedback_id: str, *, timeout: float, request_id: str = "") -> None:
        """Deletes everything that is stored of a feedback."""
        request = feedback_service_pb2.DeleteFeedbackRequest(feedback_id=feedback_id)
        async with self._call(_FEEDBACK, request_id) as metadata:
            await self._feedback.DeleteFeedback(request, timeout=timeout, metadata=metadata)

    async def list_models(
        self,
        *,
        timeout: float,
        capabilities: Sequence[model_pb2.Capability.ValueType] = (),
        states: Sequence[model_pb2.Model.State.ValueType] = (),
        request_id: str = "",
    ) -> feedback_service_pb2.ListModelsResponse:
        """Returns the models that can do all of `capabilities` and are in one of `states`, on one page.

        Empty filters let every model pass. The time is for all the pages that are asked for.
        """
        request = feedback_service_pb2.ListModelsRequest(
            page_size=_LARGEST_PAGE, capabilities=capabilities, states=states
        )
        models: list[model_pb2.Model] = []
        costs: dict[str, int] = {}
        ends = time.monotonic() + timeout
        async with self._call(_FEEDBACK, request_id) as metadata:
            while True:
                left = ends - time.monotonic()
                page = await self._feedback.ListModels(request, timeout=left, metadata=metadata)
                models += page.models
                costs.update(page.max_review_cost_usd_nanos)
                if not page.next_page_token:
                    break
                request.page_token = page.next_page_token
        # The rest is the same on every page.
        page.ClearField("models")
        page.models.extend(models)
        page.max_review_cost_usd_nanos.update(costs)
        return page

    async def student(
        self, request: classroom_service_pb2.SimulateStudentRequest, *, timeout: float, request_id: str = ""
    ) -> classroom_service_pb2.SimulateStudentResponse:
        """Writes a text as a student of a profile would: synthetic, and marked so."""
        async with self._call(_CLASSROOM, request_id) as metadata:
            return await self._classroom.SimulateStudent(request, timeout=timeout, metadata=metadata)

    async def picture(
        self, request: classroom_service_pb2.GenerateImageRequest, *, timeout: float, request_id: str = ""
    ) -> classroom_service_pb2.GenerateImageResponse:
        """Draws a picture."""
        async with self._call(_CLASSROOM, request_id) as metadata:
            return await self._classroom.GenerateImage(request, timeout=timeout, metadata=metadata)

    async def close(self) -> None:
        """Closes the connections, and cancels what still runs on them."""
        for channel in self._channels.values():
            await channel.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @asynccontextmanager
    async def _call(self, service: str, request_id: str) -> AsyncIterator[_Metadata]:
        """Yields the metadata of a call, and raises what it fails with as this package's errors."""
        request_id = request_id or uuid.uuid4().hex
        try:
            yield ((_REQUEST_ID_KEY, request_id), *self._authorization)
        except grpc.aio.AioRpcError as error:
            raise await self._explained(error, service, request_id) from None

    async def _explained(self, error: grpc.aio.AioRpcError, service: str, request_id: str) -> ChorusCallError:
        """Returns what the server said, or, where none did, whether there is one."""
        if error.code() is not grpc.StatusCode.UNAVAILABLE or not is_from_transport(error):
            return typed_error(error, request_id)
        # A channel that watches health calls no server that is not ready, nor one that lacks the service.
        async with open_channel(self._target, service, tls=self._tls, watch_health=False) as channel:
            check: Any = channel.unary_unary(_HEALTH_CHECK, request_serializer=_health_check_request)
            try:
                await check(service, timeout=_HEALTH_CHECK_SECONDS, metadata=self._authorization)
            except grpc.aio.AioRpcError as found:
                if found.code() in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.UNIMPLEMENTED}:
                    return NoOrchestratorError(f"{self._target} has no {service}", request_id=request_id)
                if self._tls and (why := await distrust(self._target, self._tls)):
                    return UntrustedServerError(why, request_id=request_id)
                return NothingAnswersError(f"nothing answers at {self._target}", request_id=request_id)
        return typed_error(error, request_id)


def _health_check_request(service: str) -> bytes:
    """Encodes a grpc.health.v1.HealthCheckRequest, whose generated code would be one more dependency."""
    encoded = service.encode()
    # Field 1, a string, whose length is below 128.
    return bytes([0x0A, len(encoded)]) + encoded
