"""Names the replicas of a server, as a headless Service of Kubernetes does: one name, several addresses."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from typing_extensions import override

_HEADER = struct.Struct("!6H")
_ANSWERS = 0x8180
_TYPE_A = 1
_SECONDS_TO_LIVE = 1


class NameServer(asyncio.DatagramProtocol):
    """Answers every question for addresses with the same ones, and every other with none (RFC 1035)."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = [socket.inet_aton(each) for each in addresses]
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        # The one question begins after the header, with a name that ends with a zero.
        end_of_name = data.index(0, _HEADER.size) + 1
        (kind,) = struct.unpack_from("!H", data, end_of_name)
        found = self._addresses if kind == _TYPE_A else []
        header = _HEADER.pack(int.from_bytes(data[:2]), _ANSWERS, 1, len(found), 0, 0)
        # The name of an answer is the question's, which is 12 bytes from the start.
        answers = (
            struct.pack("!3HIH", 0xC000 | _HEADER.size, _TYPE_A, 1, _SECONDS_TO_LIVE, 4) + each
            for each in found
        )
        self._transport.sendto(header + data[_HEADER.size : end_of_name + 4] + b"".join(answers), addr)


@asynccontextmanager
async def name_server(addresses: Sequence[str]) -> AsyncIterator[str]:
    """Answers while the block runs; yields its own address."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: NameServer(addresses), local_addr=("127.0.0.1", 0)
    )
    try:
        yield "127.0.0.1:{}".format(transport.get_extra_info("sockname")[1])
    finally:
        transport.close()
