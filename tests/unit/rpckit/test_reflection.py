import asyncio
from collections.abc import AsyncIterator

from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest

from rpckit.reflection import PacedReflection
from tests.fakes.clock import run_in_virtual_time

STREAMS = 20


async def questions() -> AsyncIterator[ServerReflectionRequest]:
    while True:
        yield ServerReflectionRequest(list_services="")


def test_streams_without_an_end_are_answered_at_a_pace_and_each_in_its_turn() -> None:
    async def run() -> list[int]:
        service = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
        servicer = PacedReflection((service,))
        answers = [0] * STREAMS

        async def listen(stream: int) -> None:
            async for answer in servicer.ServerReflectionInfo(questions(), None):
                assert answer.list_services_response.service[0].name == service
                answers[stream] += 1

        listening = [asyncio.create_task(listen(stream)) for stream in range(STREAMS)]
        await asyncio.sleep(1)
        for each in listening:
            each.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        return answers

    answers = run_in_virtual_time(run())
    assert 400 <= sum(answers) <= 500
    assert max(answers) - min(answers) <= 1
