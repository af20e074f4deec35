"""Wraps the handlers of a gRPC server, so that code runs around each call and malformed bytes reach it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import grpc
from google.protobuf import descriptor, descriptor_pool, message

from rpckit.cancelled_batch import finish_message
from rpckit.errors import InvalidRequest
from rpckit.malformed import violations

if TYPE_CHECKING:
    # The classes are generic in the stubs and not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = grpc.RpcMethodHandler[Any, Any]


class Surroundings(Protocol):
    """What happens around the calls of a method."""

    def surround(
        self, method: descriptor.MethodDescriptor, context: Context
    ) -> AbstractAsyncContextManager[None]:
        """Runs around the call; a ChorusError raised in the block becomes the call's status."""

    async def before_further_request(self) -> None:
        """Runs before each request of a stream but the first."""


def wrap(handler: Handler, method: descriptor.MethodDescriptor, surroundings: Surroundings) -> Handler:
    """Returns a handler that does what `handler` does within its surroundings.

    grpc answers bytes that do not parse by itself, with UNKNOWN and the name of a Python class. The wrapped
    handler raises InvalidRequest for them, inside the surroundings.
    """
    wrapped = _streaming if handler.response_streaming else _unary
    make: Callable[..., Handler] = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }[handler.request_streaming, handler.response_streaming]
    parse = _marking_deserializer(handler.request_deserializer)
    return make(wrapped(handler, method, surroundings), parse, handler.response_serializer)


def _unary(
    handler: Handler, method: descriptor.MethodDescriptor, surroundings: Surroundings
) -> Callable[..., Any]:
    behaviour: Any = handler.stream_unary if handler.request_streaming else handler.unary_unary

    async def answer(request: Any, context: Context) -> Any:
        async with surroundings.surround(method, context):
            return await behaviour(_parsed(request, method, surroundings, context), context)

    return answer


def _streaming(
    handler: Handler, method: descriptor.MethodDescriptor, surroundings: Surroundings
) -> Callable[..., Any]:
    behaviour: Any = handler.stream_stream if handler.request_streaming else handler.unary_stream

    async def answer(request: Any, context: Context) -> None:
        async with (
            surroundings.surround(method, context),
            aclosing(behaviour(_parsed(request, method, surroundings, context), context)) as responses,
        ):
            async for response in responses:
                await finish_message(partial(context.write, response))

    return answer


def _parsed(
    request: Any, method: descriptor.MethodDescriptor, surroundings: Surroundings, context: Context
) -> Any:
    """Returns the request, or an iterator over the requests of a stream.

    Raises:
        InvalidRequest: A request's bytes did not parse.
    """
    if isinstance(request, _Malformed):
        raise InvalidRequest(violations(request.data, method.input_type))
    if not hasattr(request, "__aiter__"):
        return request

    async def each() -> AsyncIterator[Any]:
        is_further = False
        while (one := await finish_message(context.read)) is not grpc.aio.EOF:
            if isinstance(one, _Malformed):
                raise InvalidRequest(violations(one.data, method.input_type))
            if is_further:
                await surroundings.before_further_request()
            is_further = True
            yield one

    return each()


@dataclass(frozen=True, slots=True)
class _Malformed:
    """Holds bytes that are no message of the method's request type."""

    data: bytes


def _marking_deserializer(parse: Callable[[bytes], Any] | None) -> Callable[[bytes], Any]:
    if parse is None:
        raise TypeError("a generated handler has a deserializer")

    def parse_or_mark(data: bytes) -> Any:
        try:
            return parse(data)
        except message.DecodeError:
            return _Malformed(data)

    return parse_or_mark


def describe_method(method: str) -> descriptor.MethodDescriptor:
    """Returns the descriptor of a method such as "/chorus.model.v1.ModelService/Generate"."""
    service, _, name = method.removeprefix("/").rpartition("/")
    pool: descriptor_pool.DescriptorPool = descriptor_pool.Default()  # type: ignore[no-untyped-call]
    found: descriptor.ServiceDescriptor = pool.FindServiceByName(service)  # type: ignore[no-untyped-call]
    described: descriptor.MethodDescriptor = found.methods_by_name[name]
    return described
