import asyncio
from asyncio import CancelledError
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from typing_extensions import override

from chorus.feedback.v1.feedback_pb2 import ModelResult
from orchestrator.store.model_call import ModelCall
from orchestrator.store.patient import PatientStore
from orchestrator.store.store import StoredRequest, StoreError
from rpckit.errors import Unavailable
from rpckit.task_end import end
from tests.fakes.clock import run_in_virtual_time
from tests.fakes.slow_store import SlowStore

CALLS = [ModelCall("a/b", answered=True, seconds=n, output_tokens_per_second=1) for n in range(1001)]
RESULT = ModelResult(model="a/b")


def seconds_now() -> float:
    return asyncio.get_running_loop().time()


def test_a_store_that_is_slow_is_waited_for_by_everybody() -> None:
    async def run() -> float:
        started = seconds_now()
        failures: Counter[str] = Counter()
        patient = PatientStore(SlowStore(seconds=1), failures.update)
        asked = (patient.open_request(f"r{number}", b"hash") for number in range(64))
        assert [each.request_hash for each in await asyncio.gather(*asked)] == [b"hash"] * 64
        assert not failures
        return seconds_now() - started

    assert run_in_virtual_time(run()) == pytest.approx(64)


def test_a_store_that_is_silent_is_left_alone_until_it_speaks_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "chorus")

    async def run() -> None:
        store, failures = SlowStore(), Counter[str]()
        patient = PatientStore(store, lambda operation: failures.update([operation]))
        started = seconds_now()
        store.works.clear()
        with pytest.raises(StoreError, match="no answer"):
            await patient.open_request("r1", b"hash")
        assert seconds_now() - started == pytest.approx(5)
        for seconds in (0, 1, 3600):
            await asyncio.sleep(seconds)
            with pytest.raises(StoreError, match="left alone"):
                await patient.open_request("r2", b"hash")
            with pytest.raises(Unavailable):
                await patient.feedback("ann", "f1")
        assert store.asked == 1
        assert failures == {"open_request": 4, "feedback": 3}
        store.works.set()
        await asyncio.sleep(1)
        assert await patient.feedback("ann", "f1") is None

    run_in_virtual_time(run())
    assert caplog.messages == ["store fails", "store works again"]


def test_what_was_to_be_kept_is_kept_though_nobody_waits_any_more() -> None:
    async def run() -> StoredRequest:
        store = SlowStore(seconds=3)
        patient = PatientStore(store)
        keeping = asyncio.create_task(patient.keep_result("r1", b"hash", RESULT))
        await asyncio.sleep(1)
        keeping.cancel()
        await asyncio.sleep(3)
        return await store.open_request("r1", b"hash")

    assert run_in_virtual_time(run()).results == (RESULT,)


def test_a_lease_is_given_up_once_what_was_to_be_kept_is_kept() -> None:
    class Leasing(SlowStore):
        released_at = 0.0

        @asynccontextmanager
        async def _hold(self) -> AsyncIterator[None]:
            yield
            self.released_at = seconds_now()

        @override
        async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None]:
            return self._hold()

    async def run() -> float:
        store = Leasing(seconds=3)
        patient, started = PatientStore(store), seconds_now()
        with pytest.raises(TimeoutError):
            async with patient.lease("r1"), asyncio.timeout(1):
                await patient.keep_result("r1", b"hash", RESULT)
        assert seconds_now() - started == pytest.approx(1)
        await asyncio.sleep(10)
        return store.released_at - started

    assert run_in_virtual_time(run()) == pytest.approx(3)


def test_nobody_waits_until_a_lease_is_given_up() -> None:
    class Silent(SlowStore):
        is_released = False

        @asynccontextmanager
        async def _hold(self) -> AsyncIterator[None]:
            yield
            await asyncio.sleep(5)
            self.is_released = True

        @override
        async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None]:
            return self._hold()

    async def run() -> None:
        store = Silent()
        started = seconds_now()
        async with PatientStore(store).lease("r1"):
            pass
        assert seconds_now() == started
        await asyncio.sleep(6)
        assert store.is_released

    run_in_virtual_time(run())


def test_a_store_that_fails_at_once_is_asked_again_at_once() -> None:
    async def run() -> int:
        store = SlowStore()
        patient = PatientStore(store)
        store.fails = True
        for _ in range(3):
            with pytest.raises(StoreError, match="broken"):
                await patient.open_request("r1", b"hash")
        store.fails = False
        await patient.open_request("r1", b"hash")
        return store.asked

    assert run_in_virtual_time(run()) == 4


@pytest.mark.parametrize(
    "error", [RuntimeError("the handler is closed"), KeyError(b"hash"), CancelledError()]
)
def test_an_error_that_nobody_foresaw_is_a_failure_of_the_store(error: BaseException) -> None:
    class Surprising(SlowStore):
        @override
        async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
            raise error

        @override
        async def keep_result(self, request_id: str, request_hash: bytes, result: ModelResult) -> None:
            raise error

        @override
        async def feedback(self, caller: str, feedback_id: str) -> None:
            raise error

    async def run() -> None:
        patient = PatientStore(Surprising())
        with pytest.raises(StoreError):
            await patient.open_request("r1", b"hash")
        with pytest.raises(StoreError):
            await patient.keep_result("r1", b"hash", RESULT)
        with pytest.raises(Unavailable):
            await patient.feedback("ann", "f1")

    run_in_virtual_time(run())


def test_what_has_expired_is_deleted_every_minute_step_by_step() -> None:
    class ManyExpired(SlowStore):
        deleted = 0

        @override
        async def delete_expired(self) -> bool:
            await asyncio.sleep(1)
            self.deleted += 1
            return self.deleted % 3 != 0

    async def run() -> None:
        store = ManyExpired()
        patient = PatientStore(store)
        deleting = asyncio.create_task(patient.keep_deleting())
        await asyncio.sleep(61.5)
        assert await patient.feedback("ann", "f1") is None
        await asyncio.sleep(5)
        assert store.deleted == 3
        await asyncio.sleep(62)
        assert store.deleted == 6
        deleting.cancel()

    run_in_virtual_time(run())


def test_a_silent_store_holds_up_no_answer_and_its_calls_are_written_all_the_same() -> None:
    async def run() -> None:
        store = SlowStore()
        patient = PatientStore(store)
        store.works.clear()
        writing = asyncio.create_task(patient.run())
        for call in CALLS[:3]:
            await patient.add_calls([call])
        assert store.calls == []
        store.works.set()
        await asyncio.sleep(1)
        assert store.calls == CALLS[:3]
        writing.cancel()

    run_in_virtual_time(run())


def test_calls_that_wait_to_be_written_are_written_at_the_end() -> None:
    async def run() -> None:
        store = SlowStore()
        patient = PatientStore(store)
        writing = asyncio.create_task(patient.run())
        await patient.add_calls(CALLS[:2])
        await asyncio.sleep(0)
        assert store.calls == []
        await end([writing])
        assert store.calls == CALLS[:2]

    run_in_virtual_time(run())


async def test_what_waits_to_be_written_is_bounded(caplog: pytest.LogCaptureFixture) -> None:
    patient = PatientStore(SlowStore())
    for call in CALLS:
        await patient.add_calls([call])
    assert caplog.messages == ["store fails"]


def test_writes_of_a_request_whose_lease_failed_are_not_remembered() -> None:
    class Unleased(SlowStore):
        @override
        async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None]:
            raise StoreError("no answer")

    async def run() -> None:
        patient = PatientStore(Unleased())
        for number in range(3):
            with pytest.raises(StoreError):
                async with patient.lease(f"r{number}"):
                    pass
            await patient.keep_result(f"r{number}", b"hash", RESULT)
        await asyncio.sleep(0)
        assert not patient._writes

    run_in_virtual_time(run())
