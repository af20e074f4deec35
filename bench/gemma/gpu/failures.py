"""What one caller's leaving, or one answer's lack of memory, means for those who write beside it."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import grpc

from bench.gemma.__main__ import CACHE
from bench.gemma.gpu.capped_server import LEFT_BYTES
from bench.gemma.gpu.journal import record
from bench.gemma.gpu.server import CALL_SECONDS, started
from bench.gemma.gpu.serving import TOKENS
from bench.gemma.runners import request
from bench.gemma.weights import SHAPES, built
from chorus.model.v1.failure_pb2 import ERROR_REASON_OUT_OF_MEMORY
from chorus.model.v1.model_service_pb2 import StreamGenerateRequest
from rpckit.errors import from_rpc_error

_PLACES = 8
_TOKENS = 3 * TOKENS
_HEAD = 256
_CONTEXT = 32_768


@dataclass(slots=True)
class _BenchCaller:
    """One stream: when each piece came, and how it ended."""

    call: Any
    times: list[float] = field(default_factory=list)
    written: int = 0
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def listen(self) -> None:
        """Takes what comes, to the end."""
        async for event in self.call:
            async with self._came:
                self.times.append(time.perf_counter())
                self._came.notify_all()
            if event.HasField("completed"):
                self.written = event.completed.usage.output_tokens

    async def has(self, pieces: int) -> None:
        """Waits for so many pieces."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.times) >= pieces)


async def main(shape: str) -> None:
    """Records both."""
    async with started(built(CACHE, shape), "bf16", _PLACES, "bench.gemma.gpu.capped_server") as server:
        record("ready", seconds=round(server.ready_seconds, 1), device=server.model.footprint.device)
        await _leave(server.stub)
        await _run_out(server.stub, shape)


async def _leave(stub: Any) -> None:
    """All places are taken and one more waits; then one caller leaves."""
    callers, tasks = _begin(stub, _PLACES)
    await _all_write(callers)
    waiting = _BenchCaller(stub.StreamGenerate(_asked("9", 4), timeout=CALL_SECONDS))
    waited = asyncio.create_task(waiting.listen())
    seen = len(callers[1].times)
    await callers[1].has(seen + 5)
    assert not waiting.times, "there was a place for a ninth"
    left = time.perf_counter()
    callers[0].call.cancel()
    await waited
    results = await asyncio.gather(*tasks, return_exceptions=True)
    others = [each.written for each in callers[1:]]
    gaps = [
        later - earlier
        for each in callers[1:]
        for earlier, later in zip(each.times, each.times[1:], strict=False)
    ]
    record(
        "cancel",
        seconds_to_next=waiting.times[0] - left,
        longest_gap=max(gaps),
        mean_gap=sum(gaps) / len(gaps),
        others_whole=others == [_TOKENS] * len(others),
        left_alone=isinstance(results[0], asyncio.CancelledError | grpc.aio.AioRpcError),
    )


async def _run_out(stub: Any, shape: str) -> None:
    """Among those who write, one comes whose keys and values take more than there is."""
    sizes = SHAPES[shape]
    token_bytes = sizes["num_hidden_layers"] * 2 * sizes["num_key_value_heads"] * _HEAD * 2
    prompt = int(1.5 * LEFT_BYTES / token_bytes)
    if prompt > _CONTEXT - _TOKENS:
        record("skipped", reason=f"keys and values of {prompt} tokens are more than the context")
        return
    callers, tasks = _begin(stub, _PLACES - 1)
    await _all_write(callers)
    reason, metadata = "", {}
    try:
        await stub.Generate(request("7" * prompt, 4), timeout=CALL_SECONDS)
    except grpc.aio.AioRpcError as error:
        failed = from_rpc_error(error)
        reason, metadata = type(failed).__name__, failed.metadata
        assert failed.reason == ERROR_REASON_OUT_OF_MEMORY, failed
    still = sum(not each.done() for each in tasks)
    await asyncio.gather(*tasks)
    after = await stub.Generate(request("Hello", 4), timeout=CALL_SECONDS)
    record(
        "out of memory",
        reason=reason,
        metadata=metadata,
        still_writing=still,
        others_whole=all(each.written == _TOKENS for each in callers),
        next_answers=after.completion.usage.output_tokens > 0,
    )


def _begin(stub: Any, count: int) -> tuple[list[_BenchCaller], list["asyncio.Task[None]"]]:
    asked = [_asked(str(number), _TOKENS) for number in range(count)]
    callers = [_BenchCaller(stub.StreamGenerate(each, timeout=CALL_SECONDS)) for each in asked]
    return callers, [asyncio.create_task(each.listen()) for each in callers]


def _asked(text: str, tokens: int) -> StreamGenerateRequest:
    return StreamGenerateRequest(request=request(text, tokens))


async def _all_write(callers: list[_BenchCaller]) -> None:
    for each in callers:
        await each.has(1)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
