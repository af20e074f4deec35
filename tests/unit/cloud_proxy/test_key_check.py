import asyncio
from collections.abc import AsyncGenerator

from services.cloud_proxy.endpoints import own_endpoint
from services.cloud_proxy.key_check import KeyCheck
from services.cloud_proxy.provider import AnswerPiece, Prompt, Provider
from services.cloud_proxy.settings import Connection
from tests.patience import PATIENCE

CONNECTION = Connection(own_endpoint("openai"), "not-a-key")


class Keyed(Provider):
    """A provider that refuses its key as often as it is told."""

    def __init__(self, refusals: int, check: KeyCheck) -> None:
        self.asked = 0
        self.was_refused: list[bool] = []
        self._refusals = refusals
        self._check = check

    async def refuses_key(self) -> bool:
        self.asked += 1
        self.was_refused.append(CONNECTION in self._check.refused)
        return self.asked <= self._refusals

    async def answer(self, prompt: Prompt) -> AsyncGenerator[AnswerPiece, None]:
        raise AssertionError("a check of a key costs nothing")
        yield

    async def close(self) -> None:
        pass


async def test_a_key_that_is_taken_is_tried_once() -> None:
    check = KeyCheck(again_seconds=0)
    provider = Keyed(0, check)
    await check.run(CONNECTION, provider)
    assert (provider.asked, list(check.refused)) == (1, [])


async def test_a_key_that_was_refused_is_tried_again_until_it_is_taken() -> None:
    check = KeyCheck(again_seconds=0)
    provider = Keyed(2, check)
    async with asyncio.timeout(PATIENCE):
        await check.run(CONNECTION, provider)
    assert provider.was_refused == [False, True, True]
    assert not check.refused
