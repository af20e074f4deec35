"""Serves the tools for agents over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp.server.transport_security import TransportSecuritySettings
from starlette.routing import BaseRoute

from chorus_tools.tools import tool_server
from clients.web.server.doors.panel import Panel
from clients.web.server.guard import MCP_PATH
from rpckit.version import VERSION

_MAX_BYTES = 4 * 1024 * 1024


class ToolDoor:
    """Serves the tools by streamable HTTP, without sessions, so that any replica can answer."""

    def __init__(self, panel: Panel) -> None:
        self._server = tool_server(panel, VERSION)
        self._application = self._server.streamable_http_app(
            streamable_http_path=MCP_PATH,
            stateless_http=True,
            max_request_body_size=_MAX_BYTES,
            # The guard has checked from where a request comes.
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )

    def routes(self) -> list[BaseRoute]:
        """Returns the one route of the protocol."""
        return list(self._application.routes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serves while the block runs."""
        async with self._server.session_manager.run():
            yield
