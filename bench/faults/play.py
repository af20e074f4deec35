"""Plays faults to a target, one after the other; those that only the deadline ends, all together first."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bench.faults.case import Case
from bench.faults.outcome import Outcome, Target
from bench.faults.product import Product
from bench.faults.provider import FaultyProvider
from bench.faults.verdict import Played


@dataclass(frozen=True, slots=True)
class Stage:
    """What faults are played on.

    Attributes:
        product: Chorus, if we run it ourselves, to look into its memory.
        calls: How many calls are made through each fault, at once; every other one is a stream.
        seconds: The deadline of each call.
    """

    provider: FaultyProvider
    product: Product | None
    calls: int
    seconds: float

    async def play(self, cases: Sequence[Case], target: Target) -> AsyncIterator[Played]:
        """Yields each fault when it has been played."""
        played = [each for each in cases if target.reviews or not each.reviews_only]
        waiting = [each for each in played if each.waits]
        for done in await asyncio.gather(*(self._play(each, target) for each in waiting)):
            yield done
        for case in played:
            if not case.waits:
                yield await self._play(case, target)

    async def _play(self, case: Case, target: Target) -> Played:
        self.provider.requests[case.name] = 0
        leaks = self.provider.leaks
        before = self.product.forget_peaks() if self.product else 0.0
        if case.refuses:
            await self.provider.refuse()
        try:
            outcomes = await self._ask(case, target)
        finally:
            if case.refuses:
                await self.provider.listen()
        return Played(
            case,
            target,
            outcomes,
            requests=self.provider.requests[case.name],
            leaks=self.provider.leaks - leaks,
            growth=self.product.peak() - before if self.product else None,
        )

    async def _ask(self, case: Case, target: Target) -> list[Outcome]:
        calls = self.calls if case.calls is None else min(self.calls, case.calls)
        return await asyncio.gather(
            *(
                target.ask(case, streaming=case.streams_only or nth % 2 == 1, seconds=self.seconds)
                for nth in range(calls)
            )
        )
