"""Tests that grpc knows every option, because it ignores those that it does not know."""

from pathlib import Path

import grpc

from rpckit import channel, server
from rpckit.settings import Environment, Security, ServerSettings


def test_grpc_knows_every_option() -> None:
    settings = ServerSettings.read(Environment({}), "X", port=1)
    security = Security(server_name="chorus")
    options = [*server._options(settings), *channel._options("chorus.X", security, watch_health=True)]
    (library,) = (Path(grpc.__file__).parent / "_cython").glob("cygrpc.*.so")
    known = library.read_bytes()
    assert not [name for name, _ in options if name.encode() + b"\0" not in known]
