"""Serves the tools over standard input and output, for an agent that starts a command.

`python -m clients.web.server.doors` needs no page's server: it calls the orchestrator by itself, as whoever
starts it.
"""

import asyncio
import contextlib
import sys

from clients.web.server.doors.panel import Panel
from clients.web.server.doors.tools import tool_server
from clients.web.server.gateway import FEEDBACK
from clients.web.server.upstream import Upstream
from rpckit import log
from rpckit.channel import connect
from rpckit.settings import Environment, SettingError

_WRONG_SETTING_EXIT_CODE = 2


async def serve(upstream: Upstream) -> None:
    """Serves until standard input ends. Logs go to standard error, for the protocol has standard output."""
    opened = connect(upstream.target, FEEDBACK, security=upstream.security, token=upstream.token)
    async with opened as channel:
        await tool_server(Panel(channel, upstream.door_seconds)).run_stdio_async()


def main() -> None:
    """Reads the settings and serves; after a wrong one prints a line that names it, and exits with 2."""
    log.configure()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve(Upstream.read(Environment())))
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_WRONG_SETTING_EXIT_CODE)


if __name__ == "__main__":
    main()
