"""One run of a request, which several callers may listen to."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from typing_extensions import override

from orchestrator.panel.audience import Audience
from orchestrator.review.submission_reviewer import ReviewEvent
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.errors import Timeout
from rpckit.task_end import end


class SharedRun(Audience):
    """One run of a caller's request and those who listen to it, each from its first event on."""

    def __init__(
        self,
        caller: str,
        digest: bytes,
        budget: TimeBudget,
        run: Callable[["SharedRun"], AsyncGenerator[ReviewEvent]],
    ) -> None:
        self.caller = caller
        self.digest = digest
        self.budget = budget
        self.seconds_at_start = budget.deadline.remaining()
        self.listeners = 0
        self._streaming_listeners = 0
        self._past: list[ReviewEvent] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._collect(run(self)))
        self._task.add_done_callback(lambda _: self._news.set())

    @property
    @override
    def is_listening(self) -> bool:
        return self._streaming_listeners > 0

    def join(self, *, is_streaming: bool) -> None:
        """Counts one more listener."""
        self.listeners += 1
        self._streaming_listeners += is_streaming

    def leave(self, *, is_streaming: bool) -> None:
        """Counts one listener less."""
        self.listeners -= 1
        self._streaming_listeners -= is_streaming

    async def listen(self, give_up_at: Deadline) -> AsyncGenerator[ReviewEvent]:
        """Yields every event, the past ones at once.

        Raises:
            Timeout: There is no end in sight at the time to give up.
            ChorusError: As the run ends.
        """
        heard = 0
        while True:
            news = self._news
            while heard < len(self._past):
                yield self._past[heard]
                heard += 1
            if self._task.done():
                self._task.result()
                return
            try:
                async with asyncio.timeout(give_up_at.remaining()):
                    await news.wait()
            except TimeoutError:
                raise Timeout("the deadline passed") from None

    async def end(self) -> None:
        """Waits until the run has ended, well or not."""
        await asyncio.wait([self._task])

    async def stop(self) -> None:
        """Ends the run."""
        await end([self._task])

    async def _collect(self, events: AsyncGenerator[ReviewEvent]) -> None:
        async with aclosing(events):
            async for event in events:
                self._past.append(event)
                self._news.set()
                self._news = asyncio.Event()
