"""Lets a call that blocks in a thread be cut off from outside: requests itself cannot be interrupted."""

import socket
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Wire:
    """The socket that one call waits on."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def attach(self, connected: socket.socket | None) -> None:
        """Called in the thread, before it waits.

        Raises:
            ConnectionAbortedError: The call was cut off before it came so far.
        """
        self._socket = connected
        if self._is_cut:
            raise ConnectionAbortedError

    def release(self) -> None:
        """The response is read; its connection may serve another call."""
        self._socket = None

    def cut(self) -> None:
        """Ends what is running: the thread's read returns at once. No effect after `release`."""
        self._is_cut = True
        connected, self._socket = self._socket, None
        if connected is not None:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)


current_wire: ContextVar[Wire] = ContextVar("current_wire")


class _Connection(HTTPConnection):
    def getresponse(self) -> Any:
        current_wire.get().attach(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def getresponse(self) -> Any:
        current_wire.get().attach(self.sock)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class CuttableAdapter(HTTPAdapter):
    """Shows each request's socket to the `current_wire`."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """Makes the pools."""
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
