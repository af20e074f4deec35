"""What surrounds every call: its log line, span, errors, caller, deadline and place in the server.

Health is exempt from all of it, reflection from its deadline and its place; methods marked NO_SIDE_EFFECTS
need no place.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf import descriptor, descriptor_pb2, descriptor_pool, message
from opentelemetry.trace import SpanKind, Tracer
from prometheus_client import CollectorRegistry

from rpckit import log
from rpckit.admission import Admission
from rpckit.call import REQUEST_ID_KEY, Call, Deadline, current_call, served_call
from rpckit.callers import Callers
from rpckit.errors import (
    STATUS_KEY,
    ChorusError,
    Internal,
    InvalidRequest,
    Unavailable,
    reason_name,
    to_status,
)
from rpckit.metrics import CallMetrics
from rpckit.trace import end_span, extract_trace

_HEALTH = "/grpc.health."
_REFLECTION = "/grpc.reflection."
_MAX_REQUEST_ID = 64
# Printable ASCII, and something of it.
_PLAIN = re.compile(r"[ -~]+")

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = grpc.RpcMethodHandler[Any, Any]


class CallInterceptor(grpc.aio.ServerInterceptor):
    """Surrounds the calls of one server, which share its `admission`."""

    def __init__(
        self, admission: Admission, callers: Callers, registry: CollectorRegistry, tracer: Tracer
    ) -> None:
        self._admission = admission
        self._callers = callers
        self._tracer = tracer
        self._running = 0
        self._metrics = CallMetrics(registry, running=lambda: self._running, queued=lambda: admission.queued)
        self._idle = asyncio.Event()
        self._idle.set()

    async def idle(self) -> None:
        """Returns as soon as no call is running."""
        await self._idle.wait()

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler | None:
        """Wraps the handler of one call."""
        handler = await continuation(handler_call_details)
        name: str = handler_call_details.method
        # An unknown method has no handler: grpc answers UNIMPLEMENTED.
        if handler is None or name.startswith(_HEALTH):
            return handler
        if name.startswith(_REFLECTION) and not self._callers.must_be_known:
            return handler
        method = _describe(name)
        if handler.response_streaming:
            wrapped: Any = self._stream(method, handler)
        else:
            wrapped = self._unary(method, handler)
        make = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }[handler.request_streaming, handler.response_streaming]
        parse = _lenient(handler.request_deserializer)
        return make(wrapped, parse, handler.response_serializer)

    def _unary(self, method: descriptor.MethodDescriptor, handler: Handler) -> Callable[..., Any]:
        behaviour: Any = handler.stream_unary if handler.request_streaming else handler.unary_unary

        async def answer(request: Any, context: Context) -> Any:
            async with self._surround(method, context):
                return await behaviour(self._checked(request, method), context)

        return answer

    def _stream(self, method: descriptor.MethodDescriptor, handler: Handler) -> Callable[..., Any]:
        behaviour: Any = handler.stream_stream if handler.request_streaming else handler.unary_stream

        async def answer(request: Any, context: Context) -> AsyncIterator[Any]:
            async with (
                self._surround(method, context),
                aclosing(behaviour(self._checked(request, method), context)) as responses,
            ):
                async for response in responses:
                    yield response

        return answer

    def _checked(self, request: Any, method: descriptor.MethodDescriptor) -> Any:
        malformed = InvalidRequest({method.input_type.full_name: "the bytes are not such a message"})
        if isinstance(request, _Malformed):
            raise malformed
        if not hasattr(request, "__aiter__"):
            return request

        async def each() -> AsyncIterator[Any]:
            is_counted = True
            async for one in request:
                if isinstance(one, _Malformed):
                    raise malformed
                # The first is the call itself. Of the others no more are read than the caller may send.
                if not is_counted:
                    await self._callers.count_further(served_call().caller)
                is_counted = False
                yield one

        return each()

    @asynccontextmanager
    async def _surround(self, method: descriptor.MethodDescriptor, context: Context) -> AsyncIterator[None]:
        started = time.monotonic()
        # Asked now: a call that was cancelled may be gone from memory, and asking then ends the process.
        peer = context.peer()
        remaining = context.time_remaining()
        name = f"{method.containing_service.full_name}/{method.name}"
        caller_trace = extract_trace(self._tracer, context.invocation_metadata() or ())
        span, trace = caller_trace.start(name, SpanKind.SERVER)
        call = Call(
            method=f"/{name}",
            request_id=_request_id(context),
            deadline=Deadline.after(float("inf") if remaining is None else remaining),
            trace=trace,
        )
        ending = _Ending()
        self._running += 1
        self._idle.clear()
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(_errors_mapped(call, context, ending))
                call = replace(call, caller=self._callers.identify(context))
                self._callers.count(call.caller)
                is_reflection = call.method.startswith(_REFLECTION)
                if remaining is None and not is_reflection:
                    raise InvalidRequest({"grpc-timeout": "every call needs a deadline"})
                if not is_reflection and not _is_free(method):
                    await stack.enter_async_context(self._admission.admit(call.deadline))
                current_call.set(call)
                yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()
            end_span(span, ending.code, ending.reason)
            self._metrics.end(call.method, ending.code, ending.reason, time.monotonic() - started)
            log.access(call, peer=peer, started=started, code=ending.code, reason=ending.reason)


@dataclass(slots=True)
class _Ending:
    code: grpc.StatusCode = grpc.StatusCode.OK
    reason: str = ""


@asynccontextmanager
async def _errors_mapped(call: Call, context: Context, ending: _Ending) -> AsyncIterator[None]:
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            ending.code = grpc.StatusCode.CANCELLED
            raise
        # Nobody cancelled this call: something inside it raised. Let out, it would leave the client waiting.
        log.unexpected(call.method, error)
        await _abort(Internal("a part of the call was cancelled"), call, context, ending)
    except ChorusError as error:
        await _abort(error, call, context, ending)
    except Exception as error:  # noqa: BLE001 - the one place where any error becomes an answer
        log.unexpected(call.method, error)
        await _abort(Internal("internal error"), call, context, ending)


async def _abort(error: ChorusError, call: Call, context: Context, ending: _Ending) -> NoReturn:
    status = to_status(error)
    ending.code, ending.reason = error.code, reason_name(error.reason)
    trailing: list[tuple[str, str | bytes]] = [
        (STATUS_KEY, status.SerializeToString()),
        (REQUEST_ID_KEY, call.request_id),
    ]
    if isinstance(error, Unavailable):
        # The work was tried here already: only a dead or draining server is worth a retry elsewhere.
        trailing.append(("grpc-retry-pushback-ms", "-1"))
    await context.abort(error.code, status.message, tuple(trailing))


class _Malformed:
    """Stands for bytes that are no message of the method's request type."""


def _lenient(parse: Callable[[bytes], Any] | None) -> Callable[[bytes], Any]:
    if parse is None:
        raise TypeError("a generated handler has a deserializer")

    def parse_or_mark(data: bytes) -> Any:
        try:
            return parse(data)
        except message.DecodeError:
            return _Malformed()

    return parse_or_mark


def _describe(method: str) -> descriptor.MethodDescriptor:
    service, _, name = method.removeprefix("/").rpartition("/")
    pool: descriptor_pool.DescriptorPool = descriptor_pool.Default()  # type: ignore[no-untyped-call]
    found: descriptor.ServiceDescriptor = pool.FindServiceByName(service)  # type: ignore[no-untyped-call]
    described: descriptor.MethodDescriptor = found.methods_by_name[name]
    return described


def _is_free(method: descriptor.MethodDescriptor) -> bool:
    return method.GetOptions().idempotency_level == descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS


def _request_id(context: Context) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == REQUEST_ID_KEY and isinstance(value, str) and _PLAIN.fullmatch(value):
            return value[:_MAX_REQUEST_ID]
    return uuid.uuid4().hex
