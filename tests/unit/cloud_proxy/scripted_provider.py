"""Providers that say what a test wants them to."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from chorus.model.v1 import generation_pb2
from rpckit import errors
from services.cloud_proxy.provider import AnswerEnd, AnswerPiece, Finish, Prompt, text

USAGE = generation_pb2.Usage(
    input_tokens=100,
    cached_input_tokens=20,
    cache_write_tokens=30,
    output_tokens=50,
    reasoning_tokens=10,
    basis=generation_pb2.USAGE_BASIS_MEASURED,
)
# 80 tokens of input at 1 USD a million, 20 at 0.10, and 50 of output at 5.
COST = 332_000
STOP = AnswerEnd(Finish.STOP, "stop", "b-1", USAGE)
ProviderScript = list[AnswerPiece | errors.ChorusError]


class ScriptedProvider:
    """A provider that gives out one script after the other."""

    def __init__(self, *scripts: ProviderScript) -> None:
        self.scripts = list(scripts)
        self.prompts: list[Prompt] = []
        self.left = 0

    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        self.prompts.append(prompt)
        try:
            for each in self.scripts.pop(0):
                if isinstance(each, errors.ChorusError):
                    raise each
                yield each
        finally:
            self.left += 1

    async def refuses_key(self) -> bool:
        return False

    async def close(self) -> None:
        pass


class Silent(ScriptedProvider):
    def __init__(self, said: Sequence[AnswerPiece] = ()) -> None:
        super().__init__()
        self.said = said
        self.reached = asyncio.Event()

    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        try:
            for each in self.said:
                yield each
            self.reached.set()
            await asyncio.Event().wait()
            yield text("never")
        finally:
            self.left += 1


class Endless(ScriptedProvider):
    """Says the same again and again, and never waits."""

    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        try:
            while True:
                yield text("")
        finally:
            self.left += 1
