"""Serves the page: `python -m clients.web.server`."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn
import uvloop
from sqlalchemy import Engine
from typing_extensions import override

from clients.web.server.application import application
from clients.web.server.classes.database import UnusableDatabase, open_database
from clients.web.server.connection import Connection
from clients.web.server.gateway import SERVICES
from clients.web.server.kept_files import KeptFiles
from clients.web.server.settings import WebSettings
from rpckit import log
from rpckit.channel import connect
from rpckit.settings import Environment, SettingError

_SWEEP_SECONDS = 600.0
_MAX_CONNECTIONS = 1000
_KEEP_ALIVE_SECONDS = 75
_DRAIN_SECONDS = 120
_WRONG_SETTING_EXIT_CODE = 2


class _Server(uvicorn.Server):
    """Leaves signals to us: uvicorn would end the process by the signal instead of with 0."""

    def drain(self) -> None:
        """Takes no more requests, and ends with the last answer."""
        log.event("draining")
        self.should_exit = True

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: WebSettings) -> None:
    """Serves until SIGTERM or SIGINT, then answers what has begun.

    Raises:
        SettingError: The port is taken, or the database cannot be used.
    """
    listening = _listen(settings)
    port = listening.getsockname()[1]
    upstream = settings.upstream
    async with contextlib.AsyncExitStack() as stack:
        channels = {
            name: await stack.enter_async_context(
                connect(upstream.target, name, security=upstream.security, token=upstream.token)
            )
            for name in SERVICES
        }
        kept = KeptFiles(
            settings.state / "files", seconds=settings.kept_seconds, max_bytes=settings.kept_bytes
        )
        database = await asyncio.to_thread(_database, settings)
        stack.callback(database.dispose)
        server = _Server(_config(settings, application(settings, channels, kept, database)))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.drain)
        log.event("serving", address=f"{settings.host}:{port}")
        sweeping = asyncio.create_task(_sweep(kept))
        try:
            await server.serve(sockets=[listening])
        finally:
            sweeping.cancel()


def _database(settings: WebSettings) -> Engine:
    try:
        return open_database(settings.database)
    except UnusableDatabase as error:
        raise SettingError("WEB_DATABASE_URL", str(error)) from None


async def _sweep(kept: KeptFiles) -> None:
    """Deletes what has expired, for ever."""
    while True:
        await asyncio.to_thread(kept.sweep)
        await asyncio.sleep(_SWEEP_SECONDS)


def _listen(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host.strip("[]"), settings.port), family=family)
    except OSError:
        wrong = f"cannot listen on {settings.host}:{settings.port}; is something else listening there?"
        raise SettingError("WEB_PORT", wrong) from None


def _config(settings: WebSettings, served: object) -> uvicorn.Config:
    folder = settings.certificate
    return uvicorn.Config(
        served,  # type: ignore[arg-type]
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        # Who asks is decided by the address that the connection comes from, whatever a header says.
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_MAX_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
        ssl_certfile=folder / "tls.crt" if folder else None,
        ssl_keyfile=folder / "tls.key" if folder else None,
    )


def main() -> None:
    """Reads the settings and serves; after a wrong one prints a line that names it, and exits with 2."""
    log.configure()
    try:
        uvloop.run(serve(WebSettings.read(Environment())))
    except SettingError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_WRONG_SETTING_EXIT_CODE)


if __name__ == "__main__":
    main()
