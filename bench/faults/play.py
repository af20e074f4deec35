"""Plays faults to a target, one after the other."""

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
        for case in cases:
            if target.reviews or not case.reviews_only:
                yield await self._play(case, target)

    async def _play(self, case: Case, target: Target) -> Played:
        await self.provider.begin(case.name)
        before = self.product.forget_peaks() if self.product else 0.0
        if case.refuses:
            await self.provider.refuse()
        outcomes = await self._ask(case, target)
        report = await self.provider.listen()
        growth = self.product.peak() - before if self.product else None
        return Played(case, target, outcomes, report.requests, report.leaks, growth)

    async def _ask(self, case: Case, target: Target) -> list[Outcome]:
        calls = self.calls if case.calls is None else min(self.calls, case.calls)
        return await asyncio.gather(
            *(
                target.ask(case, streaming=case.streams_only or nth % 2 == 1, seconds=self.seconds)
                for nth in range(calls)
            )
        )
