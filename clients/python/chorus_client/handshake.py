"""Asks a server for its certificate. gRPC says only in words why it does not believe one."""

import asyncio
import ssl
from contextlib import suppress

from chorus_client.channel import Tls

_SECONDS = 2.0
_HTTPS_PORT = 443


async def distrust(target: str, tls: Tls) -> str:
    """Returns why the certificate of the server at a gRPC target is not believed; empty: that is not so."""
    host, port = _first_address(target)
    try:
        context = ssl.create_default_context(cadata=tls.authorities.decode() if tls.authorities else None)
        context.set_alpn_protocols(["h2"])
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(
                host, port, ssl=context, server_hostname=tls.server_name or host
            )
    except ssl.SSLCertVerificationError as error:
        return str(error.verify_message)
    except (OSError, ValueError):
        # Nothing listens, it does not talk TLS, or the target names no host.
        return ""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return ""


def _first_address(target: str) -> tuple[str, int]:
    listed = target.rpartition("/")[2].removeprefix("ipv4:").removeprefix("ipv6:").removeprefix("dns:")
    first = listed.partition(",")[0]
    host, _, port = first.rpartition(":")
    return (host.strip("[]"), int(port)) if host and port.isdecimal() else (first.strip("[]"), _HTTPS_PORT)
