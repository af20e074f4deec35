"""Passes the calls of a browser on to the orchestrator, message for message.

A browser speaks Connect or gRPC-Web over HTTP/1; a call whose requests are a stream, as BatchFeedback's are,
cannot be made so, and has no path here.
"""

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import grpc
from connectrpc.codec import Codec
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from connectrpc.request import RequestContext
from connectrpc.server import ConnectASGIApplication, Endpoint
from google.protobuf import descriptor, descriptor_pb2, message_factory
from google.protobuf.message import Message
from starlette.routing import Route
from typing_extensions import override

from chorus.classroom.v1 import classroom_service_pb2
from chorus.feedback.v1 import feedback_service_pb2
from clients.web.server.call_errors import connect_error
from clients.web.server.guard import REQUEST_ID_HEADER
from clients.web.server.joined_body import JoiningPieces
from clients.web.server.visiting import call_metadata
from rpckit.call import Deadline

Context = RequestContext[Any, Any]

SERVICES: Mapping[str, descriptor.ServiceDescriptor] = {
    each.full_name: each
    for each in (
        feedback_service_pb2.DESCRIPTOR.services_by_name["FeedbackService"],
        classroom_service_pb2.DESCRIPTOR.services_by_name["ClassroomService"],
    )
}
"""What a browser may call, by the full name."""

FEEDBACK = feedback_service_pb2.DESCRIPTOR.services_by_name["FeedbackService"].full_name

# As much as a request with the longest text, task, reference answer and rubric that are allowed.
_MAX_REQUEST_BYTES = 4 * 1024 * 1024
_MILLISECONDS = 1000.0
_IDEMPOTENCY = {
    descriptor_pb2.MethodOptions.NO_SIDE_EFFECTS: IdempotencyLevel.NO_SIDE_EFFECTS,
    descriptor_pb2.MethodOptions.IDEMPOTENT: IdempotencyLevel.IDEMPOTENT,
}


class ServiceGateway(ConnectASGIApplication[grpc.aio.Channel]):
    """Offers one service of the orchestrator over Connect and gRPC-Web."""

    def __init__(self, service: descriptor.ServiceDescriptor, channel: grpc.aio.Channel) -> None:
        self._descriptor = service
        super().__init__(
            service=channel,
            endpoints=self._endpoints_of,
            read_max_bytes=_MAX_REQUEST_BYTES,
            codecs=[_BinaryCodec(), google_protobuf_json_codec()],
        )

    @property
    @override
    def path(self) -> str:
        return f"/{self._descriptor.full_name}"

    def routes(self) -> list[Route]:
        """Returns a route for each call that a browser can make."""
        return [
            Route(
                self._path(each),
                JoiningPieces(self) if each.server_streaming else self,
                methods=["GET", "POST"],
            )
            for each in self._methods()
        ]

    def _endpoints_of(self, channel: grpc.aio.Channel) -> Mapping[str, Any]:
        return {self._path(each): _endpoint(each, self._path(each), channel) for each in self._methods()}

    def _methods(self) -> list[descriptor.MethodDescriptor]:
        return [each for each in self._descriptor.methods if not each.client_streaming]

    def _path(self, method: descriptor.MethodDescriptor) -> str:
        return f"{self.path}/{method.name}"


class _BinaryCodec(Codec[Any, Any]):
    """Protobuf's binary format. An answer that the orchestrator wrote in it is passed on as it is."""

    def __init__(self) -> None:
        self._messages = google_protobuf_binary_codec()

    @override
    def name(self) -> str:
        return self._messages.name()

    @override
    def encode(self, message: Any) -> bytes:
        return message if isinstance(message, bytes) else self._messages.encode(message)

    @override
    def decode(self, data: bytes | bytearray, message_class: Any) -> Any:
        return self._messages.decode(data, message_class)


def _endpoint(method: descriptor.MethodDescriptor, path: str, channel: grpc.aio.Channel) -> Any:
    request_class = message_factory.GetMessageClass(method.input_type)
    response_class = message_factory.GetMessageClass(method.output_type)
    info = MethodInfo(
        name=method.name,
        service_name=method.containing_service.full_name,
        input=request_class,
        output=response_class,
        idempotency_level=_IDEMPOTENCY.get(method.GetOptions().idempotency_level, IdempotencyLevel.UNKNOWN),
        stream_type=StreamType.SERVER_STREAM if method.server_streaming else StreamType.UNARY,
    )
    open_call = channel.unary_stream if method.server_streaming else channel.unary_unary
    serialize = request_class.SerializeToString
    as_message: Any = open_call(path, serialize, response_class.FromString)
    as_bytes: Any = open_call(path, serialize)

    def start(request: Message, context: Context) -> Any:
        is_binary = context.request_headers.get("content-type", "").endswith("proto")
        return (as_bytes if is_binary else as_message)(request, **_call_options(context))

    if method.server_streaming:
        return Endpoint.server_stream(info, _streaming(start))
    return Endpoint.unary(info, _unary(start))


def _unary(start: Any) -> Callable[[Message, Context], Awaitable[Message]]:
    async def call(request: Message, context: Context) -> Message:
        try:
            # Whoever cancels this task cancels the call with it.
            answer: Message = await start(request, context)
        except grpc.aio.AioRpcError as error:
            raise connect_error(error) from None
        return answer

    return call


def _streaming(start: Any) -> Callable[[Message, Context], AsyncIterator[Message]]:
    async def call(request: Message, context: Context) -> AsyncIterator[Message]:
        under_way = start(request, context)
        try:
            async for answer in under_way:
                yield answer
        except grpc.aio.AioRpcError as error:
            raise connect_error(error) from None
        finally:
            under_way.cancel()

    return call


def _call_options(context: Context) -> dict[str, Any]:
    """Returns the deadline and the metadata of the call to the orchestrator.

    The deadline is the browser's, less the reserve in which the answer is passed on. Without one the
    orchestrator refuses the call, as it does any other client's.
    """
    milliseconds = context.timeout_ms
    seconds = math.inf if milliseconds is None else milliseconds / _MILLISECONDS
    left = Deadline.after(max(0.0, seconds)).with_reserve().remaining()
    request_id = context.request_headers[REQUEST_ID_HEADER]
    return {
        "timeout": left if math.isfinite(left) else None,
        "metadata": call_metadata(request_id),
    }
