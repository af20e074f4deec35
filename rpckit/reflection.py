"""Tells clients the descriptors of a server's services, at a pace that leaves time to its calls."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

from grpc_reflection.v1alpha import reflection, reflection_pb2
from typing_extensions import override

# Between two questions, of whatever streams. A client asks some ten.
_BETWEEN_SECONDS = 0.002


class PacedReflection(reflection.aio.ReflectionServicer):
    """Answers the questions of all streams one after the other, with a pause between two.

    A stream of reflection needs no place and may ask without end: 200 of them, each of which asked as fast as
    it was answered, made a review beside them nine times as slow.
    """

    def __init__(self, service_names: tuple[str, ...]) -> None:
        super().__init__(service_names)
        self._turn = asyncio.Lock()

    @override
    async def ServerReflectionInfo(  # type: ignore[override]  # its stub forgets that it is a generator
        self, request_iterator: AsyncIterable[reflection_pb2.ServerReflectionRequest], unused_context: object
    ) -> AsyncIterator[reflection_pb2.ServerReflectionResponse]:
        answers: Any = super().ServerReflectionInfo(self._paced(request_iterator), unused_context)
        async for answer in answers:
            yield answer

    async def _paced(
        self, questions: AsyncIterable[reflection_pb2.ServerReflectionRequest]
    ) -> AsyncIterator[reflection_pb2.ServerReflectionRequest]:
        async for question in questions:
            async with self._turn:
                await asyncio.sleep(_BETWEEN_SECONDS)
            yield question
