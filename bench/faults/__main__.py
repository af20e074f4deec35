"""Plays a provider's faults, and says of each whether a server keeps what is promised of failures.

    python -m bench.faults                      Chorus: a cloud proxy, and an orchestrator before it
    python -m bench.faults HOST:PORT            a running ModelService or FeedbackService
    python -m bench.faults http://HOST:PORT/v1  a running server of Chat Completions, for example a gateway

This command is the faulty provider: it listens, speaks Chat Completions, and plays the fault that the name of
the model asks for. Without a TARGET it starts Chorus before itself. A TARGET has to be configured to ask it:
`--listen` says where it is, and `--catalog` prints a file for CLOUD_PROXY_CATALOG that says so to Chorus. A
gateway needs a model for each name that `--list` prints. CHORUS_TLS_DIR, CHORUS_TLS_SERVER_NAME,
CHORUS_INSECURE and CHORUS_TOKEN hold for a gRPC TARGET as for the command line client, and OPENAI_API_KEY is
the key for a gateway.

It exits with 0 if all promises are kept, with 1 if one is broken, and with 2 if nothing could be played.
docs/resilience.md says what each row means.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp

from bench.faults.case import Case
from bench.faults.cases import cases
from bench.faults.chat_target import ChatServer
from bench.faults.grpc_targets import grpc_target
from bench.faults.outcome import Target
from bench.faults.play import Stage
from bench.faults.product import Product, catalog, chorus_before
from bench.faults.provider import FaultyProvider, faulty_provider
from bench.faults.verdict import Played
from rpckit.settings import Environment, SettingError

_CALLS = 20
_SECONDS = 5.0
_NOT_PLAYED = 2


async def main(arguments: argparse.Namespace) -> int:
    """Prints the table and returns the exit code."""
    chosen = _chosen(arguments.only)
    broken, count = [], 0
    async with AsyncExitStack() as stack:
        host, port = arguments.listen
        provider = await stack.enter_async_context(faulty_provider(host, port))
        product, targets = await stack.enter_async_context(_targets(arguments.target, provider))
        stage = Stage(provider, product, arguments.calls, arguments.seconds)
        print(f"The faulty provider is at {provider.address}.")
        print(f"{'fault':13}{'at':14}{'requests':>8}{'MiB':>6}  ended, and the usage that was told")
        for target in targets:
            async for played in stage.play(chosen, target):
                print(_row(played), flush=True)
                count += 1
                broken += [f"{played.case.name} ({target.kind})"] if played.complaints else []
    print(f"\n{count - len(broken)} of {count} kept. Broken: {', '.join(broken) or 'none'}.")
    return 1 if broken else 0


def _row(played: Played) -> str:
    growth = "-" if played.growth is None else f"{played.growth:.0f}"
    verdict = "; ".join(played.complaints)
    return (
        f"{played.case.name:13}{played.target.kind:14}{played.requests:8}{growth:>6}"
        f"  {played.endings}; {played.bases}" + (f"  BROKEN: {verdict}" if verdict else "")
    )


@asynccontextmanager
async def _targets(
    target: str, provider: FaultyProvider
) -> AsyncIterator[tuple[Product | None, Sequence[Target]]]:
    """Yields what is asked, and Chorus if it is started for that."""
    environment = Environment()
    async with AsyncExitStack() as stack:
        if target.startswith(("http://", "https://")):
            session = await stack.enter_async_context(aiohttp.ClientSession())
            yield None, [ChatServer(session, target, environment.text("OPENAI_API_KEY"))]
            return
        product = None
        addresses = [target]
        if not target:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            names = [each.name for each in cases()]
            product = await stack.enter_async_context(chorus_before(provider.address, names, folder))
            environment = Environment({})
            addresses = [product.model_server, product.orchestrator]
        targets = []
        for address in addresses:
            found, channel = await grpc_target(address, environment)
            stack.push_async_callback(channel.close)
            targets.append(found)
        yield product, targets


def _chosen(only: Sequence[str]) -> list[Case]:
    return [each for each in cases() if not only or each.name in only]


def _listen(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{value!r} is not of the form host:port")
    return host, int(port)


def _calls(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value} is not at least 1")
    return int(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", nargs="?", default="", metavar="TARGET")
    parser.add_argument(
        "--listen", type=_listen, default=("127.0.0.1", 0), metavar="HOST:PORT", help="where the provider is"
    )
    parser.add_argument(
        "--only", nargs="+", default=(), choices=[each.name for each in cases()], metavar="FAULT"
    )
    parser.add_argument(
        "--calls", type=_calls, default=_CALLS, help=f"at once, through each fault ({_CALLS})"
    )
    parser.add_argument(
        "--seconds", type=float, default=_SECONDS, help=f"each call's deadline ({_SECONDS:g})"
    )
    parser.add_argument("--list", action="store_true", help="prints the faults, and how a call may end")
    parser.add_argument("--catalog", action="store_true", help="prints a catalog for Chorus, for --listen")
    return parser


if __name__ == "__main__":
    given = _parser().parse_args()
    if given.list:
        for each in cases():
            print(f"{each.name:13}{each.what:44}{', '.join(sorted(each.endings))}")
    elif given.catalog:
        print(catalog("http://{}:{}".format(*given.listen), [each.name for each in cases()]))
    else:
        try:
            sys.exit(asyncio.run(main(given)))
        except (SettingError, ConnectionError) as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(_NOT_PLAYED)
