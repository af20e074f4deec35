"""Who calls."""

from typing import TYPE_CHECKING, Any

import grpc

if TYPE_CHECKING:
    # Generic in the stubs, not at run time.
    Context = grpc.aio.ServicerContext[Any, Any]


def certified_caller(context: "Context") -> str:
    """The first name in the caller's certificate, which the handshake has verified; empty without one."""
    names = context.peer_identities() or ()
    return next((name.decode("utf-8", "replace") for name in names), "")
