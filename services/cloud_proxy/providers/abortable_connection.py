"""Aborts a call of requests, which blocks in a thread and cannot be interrupted, from another thread."""

import socket
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from services.cloud_proxy.providers.response_meter import BoundedRawResponse


class AbortableConnection:
    """Shuts the socket that one call waits on."""

    def __init__(self) -> None:
        self._connection: HTTPConnection | None = None
        self._is_aborted = False

    def attach(self, connection: HTTPConnection) -> None:
        """Remembers the connection. The thread calls this before it waits for the response.

        Raises:
            ConnectionAbortedError: The call was aborted before it had a connection.
        """
        self._connection = connection
        if self._is_aborted:
            raise ConnectionAbortedError

    def release(self) -> None:
        """Forgets the connection: the response is read, so the connection may serve another call."""
        self._connection = None

    def abort(self) -> None:
        """Makes the thread's read return at once. It has no effect after `release`."""
        self._is_aborted = True
        connection, self._connection = self._connection, None
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
            # The thread's own file object keeps the descriptor's number from being reused while it reads.
            connection.close()


current_connection: ContextVar[AbortableConnection] = ContextVar("current_wire")


class _AbortableHttp(HTTPConnection):
    def getresponse(self) -> Any:
        current_connection.get().attach(self)
        return super().getresponse()


class _AbortableHttps(HTTPSConnection):
    def getresponse(self) -> Any:
        current_connection.get().attach(self)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _AbortableHttp


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _AbortableHttps


class AbortableAdapter(HTTPAdapter):
    """Attaches the connection of each request to the call's `current_connection`."""

    def build_response(self, req: Any, resp: Any) -> Any:
        """Bounds what is read of a response."""
        response = super().build_response(req, resp)
        response.raw = BoundedRawResponse(resp)
        return response

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Makes pools whose connections can be aborted."""
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
