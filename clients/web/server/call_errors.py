"""Turns the status of a gRPC call into an error of the Connect protocol, with its details."""

import grpc
from connectrpc.code import Code
from connectrpc.errors import ConnectError, ErrorDetail
from google.protobuf import any_pb2
from google.rpc import status_pb2
from protobuf.wkt import Any

from rpckit.errors import STATUS_KEY, from_rpc_error, is_from_chorus, to_status

# Connect spells one of them in another way, and has none for a call that went well.
_CODES = {
    each: Code(each.name.lower())
    for each in grpc.StatusCode
    if each not in {grpc.StatusCode.OK, grpc.StatusCode.CANCELLED}
} | {grpc.StatusCode.CANCELLED: Code.CANCELED}


def connect_error(error: grpc.aio.AioRpcError) -> ConnectError:
    """Returns the error as a browser gets it: what Chorus said, word for word.

    What the transport says holds addresses; it becomes an error of the contract's vocabulary.
    """
    if is_from_chorus(error):
        trailing = dict(error.trailing_metadata() or ())
        status = status_pb2.Status.FromString(trailing[STATUS_KEY])
        code = error.code()
    else:
        explained = from_rpc_error(error)
        status, code = to_status(explained), explained.code
    return ConnectError(_CODES.get(code, Code.UNKNOWN), status.message, map(_detail, status.details))


def _detail(packed: any_pb2.Any) -> ErrorDetail:
    # connectrpc has a protobuf of its own, whose Any is another class.
    return ErrorDetail(Any(type_url=packed.type_url, value=packed.value))
