"""Lets a call that blocks in a thread be cut off from outside: requests itself cannot be interrupted."""

import socket
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Wire:
    """The connection that one call waits on."""

    def __init__(self) -> None:
        self._connection: HTTPConnection | None = None
        self._is_cut = False

    def attach(self, connection: HTTPConnection) -> None:
        """Called in the thread, before it waits.

        Raises:
            ConnectionAbortedError: The call was cut off before it came so far.
        """
        self._connection = connection
        if self._is_cut:
            raise ConnectionAbortedError

    def release(self) -> None:
        """The response is read; its connection may serve another call."""
        self._connection = None

    def cut(self) -> None:
        """Ends what is running: the thread's read returns at once. No effect after `release`."""
        self._is_cut = True
        connection, self._connection = self._connection, None
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
            # The thread's own file on the socket keeps the number from being given out again while it reads.
            connection.close()


current_wire: ContextVar[Wire] = ContextVar("current_wire")


class _Connection(HTTPConnection):
    def getresponse(self) -> Any:
        current_wire.get().attach(self)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        current_wire.get().attach(self)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class CuttableAdapter(HTTPAdapter):
    """Shows each request's connection to the `current_wire`."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Makes the pools."""
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
