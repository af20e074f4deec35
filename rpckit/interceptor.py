"""Surrounds every call with its log line, span, errors, caller, deadline and slot in the server.

Health is exempt from all but the form of its answers. Reflection needs no deadline and no slot, and does not
hold up a drain. Methods marked NO_SIDE_EFFECTS need no slot. Nor does a stream of requests, which could stay
open without any: its servicer takes a slot for each request.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import descriptor, descriptor_pb2
from opentelemetry.trace import SpanKind, Tracer
from prometheus_client import CollectorRegistry
from typing_extensions import override

from rpckit import log
from rpckit.admission import Admission
from rpckit.call import (
    ON_BEHALF_OF_KEY,
    PREVIOUS_ATTEMPTS_KEY,
    REQUEST_ID_KEY,
    SERVERS_GONE_KEY,
    Call,
    Deadline,
    current_call,
    ending_in_time,
    served_call,
)
from rpckit.call_status import CallOutcome, answering
from rpckit.callers import Callers, account_of, machine_of
from rpckit.errors import InvalidRequest
from rpckit.handlers import Surroundings, describe_method, wrap
from rpckit.metrics import CallMetrics
from rpckit.trace import end_span, exemplar_of, extract_trace

_HEALTH = "/grpc.health."
_REFLECTION = "/grpc.reflection."
_MAX_REQUEST_ID = 64
_PERSON = re.compile(r"[\w.@/-]{1,100}", re.ASCII)
_REQUEST_ID = re.compile(f"[ -~]{{1,{_MAX_REQUEST_ID}}}")
_MAX_PREVIOUS_ATTEMPTS = 99

Sent = dict[str, list[str | bytes]]
"""The metadata of a call: by their keys, the values that are not empty."""

if TYPE_CHECKING:
    # The classes are generic in the stubs and not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = grpc.RpcMethodHandler[Any, Any]
    Continuation = Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]]


class HealthInterceptor(grpc.aio.ServerInterceptor, Surroundings):
    """Gives the calls of the health service the metadata and the errors of every other call, and no more."""

    @override
    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        handler = await continuation(handler_call_details)
        # An unknown method has no handler, and grpc answers UNIMPLEMENTED.
        return handler and wrap(handler, describe_method(handler_call_details.method), self)

    @override
    @asynccontextmanager
    async def surround(self, method: descriptor.MethodDescriptor, context: Context) -> AsyncIterator[None]:
        # Probes must work, so a bad request id is replaced and not refused.
        request_id, _ = _request_id(_sent(context))
        async with answering(context, _path(method), request_id, CallOutcome()):
            yield

    @override
    async def before_further_request(self) -> None:
        pass


class CallInterceptor(grpc.aio.ServerInterceptor, Surroundings):
    """Surrounds the calls of one server, which share its `admission`."""

    def __init__(
        self,
        admission: Admission,
        callers: Callers,
        registry: CollectorRegistry,
        tracer: Tracer,
        named_callers: frozenset[str] = frozenset(),
    ) -> None:
        self._admission = admission
        self._callers = callers
        self._tracer = tracer
        self._health = HealthInterceptor()
        self._running = 0
        self._metrics = CallMetrics(
            registry,
            running=lambda: self._running,
            queued=lambda: admission.queued,
            callers=named_callers,
        )
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_idle(self) -> bool:
        """Whether no call is running."""
        return self._idle.is_set()

    async def idle(self) -> None:
        """Returns as soon as no call is running."""
        await self._idle.wait()

    @override
    async def intercept_service(
        self, continuation: Continuation, handler_call_details: grpc.HandlerCallDetails
    ) -> Handler | None:
        name: str = handler_call_details.method
        if name.startswith(_HEALTH):
            return await self._health.intercept_service(continuation, handler_call_details)
        handler = await continuation(handler_call_details)
        return handler and wrap(handler, describe_method(name), self)

    @override
    @asynccontextmanager
    async def surround(self, method: descriptor.MethodDescriptor, context: Context) -> AsyncIterator[None]:
        started = time.monotonic()
        # The peer must be read now: a cancelled call may be gone from grpc's memory, and to ask for its peer
        # then ends the process.
        peer = context.peer()
        remaining = context.time_remaining()
        sent = _sent(context)
        request_id, violations = _request_id(sent)
        previous_attempts, wrong = _previous_attempts(sent)
        violations |= wrong
        person, wrong = _person(sent)
        violations |= wrong
        caller_trace = extract_trace(self._tracer, context.invocation_metadata() or ())
        span, trace = caller_trace.start(_path(method).removeprefix("/"), SpanKind.SERVER)
        call = Call(
            method=_path(method),
            request_id=request_id,
            deadline=Deadline.of_caller(float("inf") if remaining is None else remaining),
            trace=trace,
            previous_attempts=previous_attempts,
            servers_gone=_number(sent.get(SERVERS_GONE_KEY, [])) or 0,
        )
        is_reflection = call.method.startswith(_REFLECTION)
        if remaining is None and not is_reflection:
            violations["grpc-timeout"] = "every call needs a deadline"
        outcome = CallOutcome()
        try:
            with nullcontext() if is_reflection else self._counted_as_running():
                async with answering(context, call.method, request_id, outcome), AsyncExitStack() as stack:
                    caller = await self._callers.identify(context, peer, call.deadline, person)
                    # Who has no name has no more places for calling for many.
                    holder = caller if account_of(caller) else machine_of(peer)
                    call = replace(call, caller=caller, holder=holder)
                    self._callers.count(call.caller)
                    if violations:
                        raise InvalidRequest(violations)
                    if _needs_slot(method):
                        await stack.enter_async_context(self._admission.admit(call.deadline, call.holder))
                    current_call.set(call)
                    # A stream may be held up by its reader, in grpc and not in the handler.
                    if not method.server_streaming:
                        await stack.enter_async_context(ending_in_time(call.deadline))
                    yield
        finally:
            end_span(span, outcome.code, outcome.reason)
            seconds = time.monotonic() - started
            self._metrics.end(
                call.method, outcome.code, outcome.reason, seconds, call.caller, exemplar_of(span)
            )
            log.access(call, peer=peer, started=started, code=outcome.code, reason=outcome.reason)

    @override
    async def before_further_request(self) -> None:
        # No more requests are read than the caller may send; `surround` has counted the first.
        await self._callers.count_further(served_call().caller)

    @contextmanager
    def _counted_as_running(self) -> Iterator[None]:
        self._running += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()


def _path(method: descriptor.MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


def _needs_slot(method: descriptor.MethodDescriptor) -> bool:
    level = method.GetOptions().idempotency_level
    return not method.client_streaming and level != descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS


def _request_id(sent: Sent) -> tuple[str, dict[str, str]]:
    """Returns the caller's request id, or else a new one, and what is wrong with the caller's."""
    match sent.get(REQUEST_ID_KEY, []):
        case [str(value)] if _REQUEST_ID.fullmatch(value):
            return value, {}
        case []:
            return uuid.uuid4().hex, {}
    wrong = f"must be one value of 1 to {_MAX_REQUEST_ID} printable ASCII characters"
    return uuid.uuid4().hex, {REQUEST_ID_KEY: wrong}


def _previous_attempts(sent: Sent) -> tuple[int, dict[str, str]]:
    """Returns how often the caller has asked before, and what is wrong with the number that it sent."""
    values = sent.get(PREVIOUS_ATTEMPTS_KEY, [])
    number = _number(values)
    if values and number is None:
        return 0, {PREVIOUS_ATTEMPTS_KEY: f"must be one number from 0 to {_MAX_PREVIOUS_ATTEMPTS}"}
    return number or 0, {}


def _number(values: list[str | bytes]) -> int | None:
    """Returns the one number of at most two digits that was sent; None: something else was, or nothing."""
    match values:
        case [str(value)] if re.fullmatch("[0-9]{1,2}", value):
            return int(value)
    return None


def _person(sent: Sent) -> tuple[str, dict[str, str]]:
    """Returns the person that the caller calls for, if any, and what is wrong with what it says of that."""
    match sent.get(ON_BEHALF_OF_KEY, []):
        case [str(value)] if _PERSON.fullmatch(value):
            return value, {}
        case []:
            return "", {}
    return "", {ON_BEHALF_OF_KEY: "must be one value of 1 to 100 letters, digits and any of ._@/-"}


def _sent(context: Context) -> Sent:
    """Returns what the caller sent, each value of a key once."""
    sent: defaultdict[str, set[str | bytes]] = defaultdict(set)
    for key, value in context.invocation_metadata() or ():
        if value:
            sent[key].add(value)
    return {key: [*values] for key, values in sent.items()}
