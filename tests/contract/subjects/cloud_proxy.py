"""The cloud proxy with each of its adapters, against the emulated provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from tests.contract.subject import Subject
from tests.fakes.providers.proxy import ADAPTERS, Adapter, proxying
from tests.fakes.providers.reply import Output

# Long enough to be cut short by a caller, and soon over for one that waits.
_UNHURRIED = Output(pieces=tuple(f"word{number} " for number in range(20)), pause=0.02)


@asynccontextmanager
async def _start(adapter: Adapter) -> AsyncIterator[str]:
    async with proxying(adapter) as (emulator, address):
        emulator.otherwise = lambda: _UNHURRIED
        yield address


SUBJECTS = [
    Subject(f"cloud_proxy-{adapter.name}", adapter.model, partial(_start, adapter)) for adapter in ADAPTERS
]
