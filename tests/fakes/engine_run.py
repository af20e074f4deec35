"""Runs a generation engine for a test, and remembers what it says of its status."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rpckit.call import Deadline
from services.gemma.interface.generation_request import GenerationRequest
from services.gemma.interface.local_model import GenerationResult
from services.gemma.scheduler.engine import ContinuousBatchingEngine, LoadModel, ModelStatus


class StatusRecorder:
    """Keeps every status that the engine announces."""

    def __init__(self) -> None:
        self.statuses: list[ModelStatus] = []
        self._news = asyncio.Condition()

    async def __call__(self, status: ModelStatus) -> None:
        async with self._news:
            self.statuses.append(status)
            self._news.notify_all()

    async def times(self, count: int) -> ModelStatus:
        """Waits until so many were announced; returns the last one."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.statuses) >= count)
        return self.statuses[-1]


@asynccontextmanager
async def running(
    load: LoadModel, max_sequences: int = 8
) -> AsyncIterator[tuple[ContinuousBatchingEngine, StatusRecorder]]:
    """Runs an engine while the block runs; yields once it has announced its first status."""
    engine, recorder = ContinuousBatchingEngine(load, max_sequences), StatusRecorder()
    task = asyncio.create_task(engine.run(recorder))
    try:
        await recorder.times(1)
        yield engine, recorder
    finally:
        engine.close()
        await task


async def generated(
    engine: ContinuousBatchingEngine, request: GenerationRequest, deadline: Deadline | None = None
) -> list[str | GenerationResult]:
    """Collects one answer."""
    return [step async for step in engine.generate(request, deadline or Deadline.after(60))]
