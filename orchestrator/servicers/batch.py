"""Answers many requests on one stream, in order of completion. A request that fails ends no other."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial
from typing import Protocol

from chorus.feedback.v1 import feedback_service_pb2
from rpckit.call import Deadline
from rpckit.duration import to_seconds
from rpckit.errors import InvalidRequest, Timeout, Unavailable, to_failure
from rpckit.task_end import end
from rpckit.task_errors import error_of

MAX_ITEM_ID = 64

Item = feedback_service_pb2.BatchFeedbackRequest
ItemResponse = feedback_service_pb2.BatchFeedbackResponse
Response = feedback_service_pb2.GetFeedbackResponse


class Respond(Protocol):
    """Answers one item: `IdempotentRuns.response` for one caller, or a test's script."""

    async def __call__(
        self, request: feedback_service_pb2.GetFeedbackRequest, deadline: Deadline
    ) -> Response:
        """Waits for the response to a request.

        Raises:
            ChorusError: As the request's run ends.
        """


class FeedbackBatch:
    """Answers one stream of items.

    It reads no further while `window` of them are not answered and sent. While none is open, it waits
    `idle_seconds` for the next.
    """

    def __init__(
        self,
        respond: Respond,
        window: int,
        deadline: Deadline,
        draining: asyncio.Event,
        idle_seconds: float,
    ) -> None:
        self._respond = respond
        self._places = asyncio.Semaphore(window)
        self._idle_seconds = idle_seconds
        self._deadline = deadline
        self._draining = draining
        self._ended: asyncio.Queue[ItemResponse | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[Response]] = set()
        self._item_ids: set[str] = set()

    async def answers(self, items: AsyncIterator[Item]) -> AsyncGenerator[ItemResponse]:
        """Yields exactly one answer for each item that is read.

        Raises:
            Unavailable: The server drains. What it has read is answered; the rest is for another server.
            Timeout: No item is open, and none came for too long.
        """
        reading = asyncio.create_task(self._read(items))
        reading.add_done_callback(lambda _: self._ended.put_nowait(None))
        draining = asyncio.create_task(self._draining.wait())
        draining.add_done_callback(lambda _: reading.cancel())
        try:
            while not reading.done() or self._tasks or not self._ended.empty():
                ended = await self._next_ended()
                if ended is not None:
                    yield ended
                    self._places.release()
            if reading.cancelled():
                raise Unavailable("the server drains; send what is not answered again", retry_delay=1)
            reading.result()
        finally:
            await end((draining, reading, *self._tasks))

    async def _next_ended(self) -> ItemResponse | None:
        while True:
            try:
                async with asyncio.timeout(self._idle_seconds):
                    return await self._ended.get()
            except TimeoutError:
                if not self._tasks and self._ended.empty():
                    raise Timeout(f"no item came for {self._idle_seconds:g} s, and none is open") from None

    async def _read(self, items: AsyncIterator[Item]) -> None:
        async for item in items:
            await self._places.acquire()
            task = asyncio.create_task(self._answer(item), name=f"item {len(self._item_ids)}")
            self._tasks.add(task)
            task.add_done_callback(partial(self._end, item.item_id))

    async def _answer(self, item: Item) -> Response:
        wrong = {}
        if not 1 <= len(item.item_id) <= MAX_ITEM_ID:
            wrong["item_id"] = f"not 1 to {MAX_ITEM_ID} characters"
        elif item.item_id in self._item_ids:
            wrong["item_id"] = "used before on this stream"
        else:
            self._item_ids.add(item.item_id)
        deadline = self._deadline
        if item.HasField("timeout"):
            seconds = to_seconds(item.timeout)
            if seconds <= 0:
                wrong["timeout"] = "not above zero"
            deadline = deadline.within(seconds)
        if wrong:
            raise InvalidRequest(wrong)
        return await self._respond(item.request, deadline)

    def _end(self, item_id: str, task: asyncio.Task[Response]) -> None:
        self._tasks.discard(task)
        error = error_of(task)
        answer = ItemResponse(item_id=item_id)
        if error is None:
            answer.response.CopyFrom(task.result())
        else:
            answer.failure.CopyFrom(to_failure(error))
        self._ended.put_nowait(answer)
