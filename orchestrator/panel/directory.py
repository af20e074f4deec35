"""Which models there are, behind which server and in what state, and the way to ask them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

import grpc
from typing_extensions import override

from chorus.model.v1 import generation_pb2, model_pb2, model_service_pb2, model_service_pb2_grpc
from modelkit.answer_limits import check_completion
from modelkit.generate_request import MAX_MODEL_NAME
from modelkit.list_models import MAX_PAGE_SIZE
from modelkit.usage import usage_of, with_usage
from orchestrator.metrics import ModelMetrics
from rpckit.call import PREVIOUS_ATTEMPTS_KEY, Deadline, current_call
from rpckit.channel import connect
from rpckit.duration import to_duration
from rpckit.errors import ChorusError, Unavailable, from_rpc_error, is_from_chorus
from rpckit.settings import Security

if TYPE_CHECKING:
    from chorus.model.v1.model_service_pb2_grpc import ModelServiceAsyncStub

_SERVICE = "chorus.model.v1.ModelService"
_MAX_PAGES = 10
_MAX_AGE_SECONDS = 2.0
# A server that did not answer is asked again after this, for it may just have been started.
_AGAIN_SECONDS = 0.5
_TIMEOUT_SECONDS = 1.0
# Of the replicas behind one target the second answers while the first is found to hang.
_MAX_ATTEMPTS = 2
# Callers wait this long for a server that did not answer last time.
_MOMENT_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model, and the target of the server that runs it; "" where no server has listed it."""

    model: model_pb2.Model
    server: str

    @property
    def name(self) -> str:
        """Model.name."""
        return self.model.name

    @property
    def ready(self) -> bool:
        """Whether it answers now."""
        return self.model.state == model_pb2.Model.STATE_READY

    @property
    def is_rule_based(self) -> bool:
        """Whether rules write its answers, and no language model."""
        return self.model.kind == model_pb2.Model.KIND_RULES

    def can(self, capability: model_pb2.Capability.ValueType) -> bool:
        """Returns whether it has a capability."""
        return capability in self.model.capabilities


@dataclass(frozen=True, slots=True)
class Listing:
    """Every known model at one moment, and the servers that did not say."""

    models: tuple[ListedModel, ...]
    unreachable: tuple[str, ...]

    def find(self, name: str) -> ListedModel | None:
        """Returns the model of that name."""
        return next((each for each in self.models if each.name == name), None)


class ModelLister(Protocol):
    """Knows which models there are."""

    async def listing(self) -> Listing:
        """Lists the models with their present state."""


class GenerationClient(Protocol):
    """Asks models for answers."""

    async def generate(
        self,
        listed: ListedModel,
        request: model_service_pb2.GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
    ) -> model_service_pb2.GenerateResponse:
        """Asks a model for one answer.

        `previous_attempts` says how often the model was asked the same before. Its server asks no provider
        again for such a call, and may refuse it as `is_out_of_retries` tells.

        Raises:
            ChorusError: As its server says.
        """

    def stream_generate(
        self,
        listed: ListedModel,
        request: model_service_pb2.GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[model_service_pb2.StreamGenerateResponse]:
        """Asks a model as `generate` does, for the answer piece by piece; closing the iterator ends the call.

        `delta_interval` says how many seconds lie between two pieces at least; what is written meanwhile is
        one piece.

        Raises:
            ChorusError: As its server says.
        """


class ModelDirectory(ModelLister, GenerationClient):
    """Asks the model servers what they have, at most once in `max_age_seconds`, and for their answers.

    What an unreachable server had before stays listed, as UNAVAILABLE. It is asked more often.
    """

    def __init__(
        self,
        targets: Sequence[str],
        security: Security,
        exit_stack: AsyncExitStack,
        metrics: ModelMetrics,
        max_age_seconds: float = _MAX_AGE_SECONDS,
        timeout_seconds: float = _TIMEOUT_SECONDS,
    ) -> None:
        self._metrics = metrics
        self._servers = [
            _ModelServer(target, security, exit_stack, max_age_seconds, timeout_seconds) for target in targets
        ]
        self._refreshing = asyncio.Lock()

    @override
    async def listing(self) -> Listing:
        async with self._refreshing:
            await asyncio.gather(*(server.refresh() for server in self._servers if server.is_stale()))
        return Listing(
            models=_one_of_each_name(model for server in self._servers for model in server.models),
            unreachable=tuple(server.target for server in self._servers if not server.answers),
        )

    @override
    async def generate(
        self,
        listed: ListedModel,
        request: model_service_pb2.GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
    ) -> model_service_pb2.GenerateResponse:
        request.model = listed.name
        call = self._stub(listed).Generate(
            request, timeout=deadline.remaining(), metadata=_attempts(previous_attempts)
        )
        try:
            response = await call
        except grpc.aio.AioRpcError as error:
            raise self._explained(error, listed) from None
        finally:
            # One that is given up as it starts goes on otherwise, until its deadline (grpc/grpc#43462).
            call.cancel()
        check_completion(response.completion)
        self._metrics.use(listed.name, response.completion.usage)
        return response

    @override
    async def stream_generate(
        self,
        listed: ListedModel,
        request: model_service_pb2.GenerateRequest,
        deadline: Deadline,
        previous_attempts: int = 0,
        delta_interval: float = 0,
    ) -> AsyncGenerator[model_service_pb2.StreamGenerateResponse]:
        request.model = listed.name
        streamed = model_service_pb2.StreamGenerateRequest(request=request)
        if delta_interval:
            streamed.delta_interval.CopyFrom(to_duration(delta_interval))
        call = self._stub(listed).StreamGenerate(
            streamed, timeout=deadline.remaining(), metadata=_attempts(previous_attempts)
        )
        try:
            async for message in call:
                if message.HasField("completed"):
                    check_completion(message.completed)
                    self._metrics.use(listed.name, message.completed.usage)
                yield message
        except grpc.aio.AioRpcError as error:
            raise self._explained(error, listed) from None
        finally:
            call.cancel()

    def _stub(self, listed: ListedModel) -> "ModelServiceAsyncStub":
        for server in self._servers:
            if server.target == listed.server:
                return server.stub
        raise Unavailable(listed.model.state_detail)

    def _explained(self, error: grpc.aio.AioRpcError, listed: ListedModel) -> ChorusError:
        failure = from_rpc_error(error)
        if listed.ready and not is_from_chorus(error):
            # The server was there a moment ago, so it may have asked its model before it was gone.
            failure = with_usage(failure, generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN))
        if (usage := usage_of(failure)) is not None:
            self._metrics.use(listed.name, usage)
        if isinstance(failure, Unavailable) and listed.model.state_detail:
            return Unavailable(
                listed.model.state_detail, retry_delay=failure.retry_delay, details=failure.details
            )
        return failure


class _ModelServer:
    def __init__(
        self,
        target: str,
        security: Security,
        exit_stack: AsyncExitStack,
        max_age_seconds: float,
        timeout_seconds: float,
    ) -> None:
        self._channel = connect(target, _SERVICE, security=security)
        # A server that is loading says NOT_SERVING, and says what it will have all the same.
        self._unwatched_channel = connect(target, _SERVICE, watch_health=False, security=security)
        for each in (self._channel, self._unwatched_channel):
            exit_stack.push_async_callback(each.close)
        self.target = target
        self._max_age_seconds = max_age_seconds
        self._timeout_seconds = timeout_seconds
        self.models: tuple[ListedModel, ...] = ()
        self.answers = True
        self._refreshed_at = -float("inf")
        self._was_away = False
        self._asking: asyncio.Task[None] | None = None
        self.stub = _stub(self._channel)
        self._unwatched = _stub(self._unwatched_channel)

    def is_stale(self) -> bool:
        """Returns whether the server is to be asked again."""
        age = time.monotonic() - self._refreshed_at
        return age > (self._max_age_seconds if self.answers else min(self._max_age_seconds, _AGAIN_SECONDS))

    async def refresh(self) -> None:
        """Asks the server what it has.

        A server that did not answer last time is asked beside the callers, who hardly wait for it.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        await asyncio.wait([self._asking], timeout=None if self.answers else _MOMENT_SECONDS)
        self._refreshed_at = time.monotonic()

    async def _ask(self) -> None:
        # All callers share what the server says: this one's deadline must not end the call.
        current_call.set(None)
        for _ in range(_MAX_ATTEMPTS):
            try:
                models = await self._all_models(Deadline.after(self._timeout_seconds))
            except grpc.aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                    continue
                if not is_from_chorus(error):
                    # Its name may not be there yet, or have other addresses when it comes back.
                    self._unwatched_channel.renew()
                    self._was_away = True
                break
            self.answers = True
            if self._was_away and self._channel.get_state() is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
                self._channel.renew()
            self._was_away = False
            self.models = tuple(ListedModel(each, self.target) for each in models)
            return
        self.answers = False
        self.models = tuple(ListedModel(_unreachable(each.model), self.target) for each in self.models)

    async def _all_models(self, deadline: Deadline) -> list[model_pb2.Model]:
        """Reads page by page, as far as a server that never comes to an end is read."""
        models: list[model_pb2.Model] = []
        request = model_service_pb2.ListModelsRequest(page_size=MAX_PAGE_SIZE)
        for _ in range(_MAX_PAGES):
            response = await self._unwatched.ListModels(request, timeout=deadline.remaining())
            # One of another name could not be asked for.
            models += (each for each in response.models if 1 <= len(each.name) <= MAX_MODEL_NAME)
            request.page_token = response.next_page_token
            if not request.page_token:
                break
        return models


def _stub(channel: grpc.aio.Channel) -> "ModelServiceAsyncStub":
    return cast("ModelServiceAsyncStub", model_service_pb2_grpc.ModelServiceStub(channel))


def _attempts(previous: int) -> tuple[tuple[str, str], ...]:
    return ((PREVIOUS_ATTEMPTS_KEY, str(previous)),) if previous else ()


def _one_of_each_name(models: Iterable[ListedModel]) -> tuple[ListedModel, ...]:
    """Chooses, of several servers with the same model, the first that is ready."""
    chosen: dict[str, ListedModel] = {}
    for each in models:
        if each.name not in chosen or (each.ready and not chosen[each.name].ready):
            chosen[each.name] = each
    return tuple(chosen.values())


def _unreachable(known: model_pb2.Model) -> model_pb2.Model:
    model = model_pb2.Model()
    model.CopyFrom(known)
    model.state = model_pb2.Model.STATE_UNAVAILABLE
    model.state_detail = "its server does not answer"
    return model
