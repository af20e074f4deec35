"""Answers DNS questions on the loopback, so that a test can say which name has which address."""

import asyncio
import ipaddress
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from typing_extensions import override

_HEADER_BYTES = 12
_IPV4 = 1
_INTERNET = 1
_ANSWER_FLAGS = 0x8180
_NO_SUCH_NAME = 3


class NameServer(asyncio.DatagramProtocol):
    """Knows one address, which every name has; with "" no name exists.

    Attributes:
        address: The IPv4 address.
        lookups: How often the address of a name was asked for.
    """

    def __init__(self) -> None:
        self.address = ""
        self.lookups = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's own class of it is no DatagramTransport on Python 3.11.
        self._transport = cast("asyncio.DatagramTransport", transport)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        end_of_name = data.index(0, _HEADER_BYTES) + 1
        question = data[_HEADER_BYTES : end_of_name + 4]
        (kind,) = struct.unpack_from(">H", data, end_of_name)
        self.lookups += kind == _IPV4
        answer = b""
        if self.address and kind == _IPV4:
            packed = ipaddress.IPv4Address(self.address).packed
            # The name is that of the question, and nobody may keep the address.
            answer = struct.pack(">HHHIH", 0xC000 | _HEADER_BYTES, _IPV4, _INTERNET, 0, len(packed)) + packed
        flags = _ANSWER_FLAGS | (0 if self.address else _NO_SUCH_NAME)
        header = data[:2] + struct.pack(">5H", flags, 1, bool(answer), 0, 0)
        self._transport.sendto(header + question + answer, addr)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Answers while the block runs; yields "host:port"."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        host, port = transport.get_extra_info("sockname")
        try:
            yield f"{host}:{port}"
        finally:
            transport.close()
