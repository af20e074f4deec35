"""`python -m bench.cuts.witness`: a silent provider and a bare server, which say when a call is cut.

It prints a line of JSON for each thing that happens: first its two addresses, then `reached` and `cut` with
the time on the monotonic clock, which all processes of a machine share. It ends with its standard input.
"""

import asyncio
import json
import sys
import time
from typing import Any

import grpc
from aiohttp import web

SERVICE, METHOD = "bench.Bare", "Wait"


async def main() -> None:
    """Serves until standard input ends."""
    application = web.Application()
    application.router.add_post("/{path:.*}", _complete)
    # Without it a handler never learns that its client has gone.
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server = grpc.aio.server()
    methods: Any = {METHOD: grpc.unary_unary_rpc_method_handler(_wait)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, methods),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    host, http_port = runner.addresses[0][:2]
    _say(bare=f"127.0.0.1:{port}", provider=f"http://{host}:{http_port}/v1")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(None)
    await runner.cleanup()


async def _complete(request: web.Request) -> web.StreamResponse:
    await request.read()
    await _until_cut()
    return web.Response()


async def _wait(_: bytes, __: Any) -> bytes:
    await _until_cut()
    return b""


async def _until_cut() -> None:
    _say(reached=time.monotonic())
    try:
        await asyncio.Event().wait()
    finally:
        _say(cut=time.monotonic())


def _say(**said: str | float) -> None:
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
