"""Keeps the state of several orchestrators in one Redis."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2, submission_pb2
from orchestrator.store.connection import explained
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.store import StoredRequest, StoreError

# A replica that dies loses its lease after this long at most.
_LEASE_SECONDS = 6.0
# The replicas that wait for a lease try this often.
_LOOK_AGAIN_SECONDS = 0.05

# Sets fields of a hash that still exists, and its time to live in milliseconds; 0: as before.
_CHANGE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
if ARGV[1] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
"""
_MODELS = "chorus:models"
_RESULT = b"result:"


class RedisStore:
    """Keeps what belongs together in one hash, so that it expires and is deleted as one."""

    def __init__(
        self, client: Redis, retention_seconds: float, lease_seconds: float = _LEASE_SECONDS
    ) -> None:
        self._client = client
        self._retention = round(retention_seconds * 1000)
        self._lease_seconds = lease_seconds
        self._change = client.register_script(_CHANGE)

    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[bool]:
        """See `Store`."""
        lock = Lock(
            self._client,
            f"chorus:lease:{request_id}",
            timeout=self._lease_seconds,
            sleep=_LOOK_AGAIN_SECONDS,
            thread_local=False,
        )
        with explained():
            had_to_wait = not await lock.acquire(blocking=False)
            if had_to_wait:
                await lock.acquire()
        beating = asyncio.create_task(self._keep(lock))
        try:
            yield had_to_wait
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
            # A lease that is not released expires.
            with suppress(OSError, RedisError):
                await lock.release()

    async def _keep(self, lock: Lock) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / 3)
            try:
                await lock.reacquire()
            except LockError:
                return
            except (OSError, RedisError):
                # The Redis may be back before the lease expires.
                continue

    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        """See `Store`."""
        key = _request(request_id)
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.hsetnx(key, "hash", request_hash)
                pipeline.hgetall(key)
                pipeline.pexpire(key, self._retention, nx=True)
                _, fields, _ = await pipeline.execute()
        response = fields.get(b"response")
        return StoredRequest(
            request_hash=fields[b"hash"],
            response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
            results=tuple(
                feedback_pb2.ModelResult.FromString(value)
                for name, value in sorted(fields.items())
                if name.startswith(_RESULT)
            ),
        )

    async def keep_result(self, request_id: str, result: feedback_pb2.ModelResult) -> None:
        """See `Store`."""
        field = _RESULT + result.model.encode()
        with explained():
            await self._change([_request(request_id)], [0, field, result.SerializeToString()])

    async def keep_response(
        self,
        request_id: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        """See `Store`."""
        key, feedback = _request(request_id), _feedback(response.feedback_id)
        fields: Any = {"rubric": response.rubric.SerializeToString(), "request": key}
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.hset(feedback, mapping=fields)
                pipeline.pexpire(feedback, self._retention)
                await self._change(
                    [key], [self._retention, "response", response.SerializeToString()], client=pipeline
                )
                await pipeline.execute()

    async def name_results(self, request_id: str, feedback_id: str) -> None:
        """See `Store`."""
        key, feedback = _request(request_id), _feedback(feedback_id)
        with explained():
            if not await self._client.exists(key):
                raise StoreError("it is gone")
            async with self._client.pipeline() as pipeline:
                pipeline.hset(feedback, "request", key)
                pipeline.pexpire(feedback, self._retention)
                await pipeline.execute()

    async def rubric(self, feedback_id: str) -> submission_pb2.Rubric | None:
        """See `Store`."""
        with explained():
            rubric: Any = await self._client.hget(_feedback(feedback_id), "rubric")
        return None if rubric is None else submission_pb2.Rubric.FromString(rubric)

    async def keep_scores(
        self,
        feedback_id: str,
        rater: str,
        scores: Sequence[feedback_pb2.CriterionScore],
    ) -> None:
        """See `Store`."""
        said = feedback_service_pb2.RecordScoresRequest(scores=scores)
        with explained():
            kept = await self._change(
                [_feedback(feedback_id)], [0, f"scores:{rater}", said.SerializeToString()]
            )
        if not kept:
            raise StoreError("it is gone")

    async def delete_feedback(self, feedback_id: str) -> None:
        """See `Store`."""
        feedback = _feedback(feedback_id)
        with explained():
            request = await self._client.hget(feedback, "request")
            await self._client.delete(feedback, *([request] if request else []))

    async def add_call(self, call: ModelCall) -> None:
        """See `Store`."""
        key = _calls(call.model)
        entry = json.dumps([time.time(), call.answered, call.seconds, call.output_tokens_per_second])
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.sadd(_MODELS, call.model)
                pipeline.lpush(key, entry)
                pipeline.ltrim(key, 0, MAX_CALLS - 1)
                await pipeline.execute()

    async def latest_calls(self) -> Sequence[ModelCall]:
        """See `Store`."""
        with explained():
            names: Any = await self._client.smembers(_MODELS)
            models = [name.decode() for name in names]
            async with self._client.pipeline() as pipeline:
                for model in models:
                    pipeline.lrange(_calls(model), 0, -1)
                lists = await pipeline.execute()
        entries = [
            (*json.loads(entry), model)
            for model, newest_first in zip(models, lists, strict=True)
            for entry in reversed(newest_first)
        ]
        entries.sort(key=lambda entry: entry[0])
        return [ModelCall(model, answered, seconds, speed) for _, answered, seconds, speed, model in entries]


def _request(request_id: str) -> str:
    return f"chorus:request:{request_id}"


def _feedback(feedback_id: str) -> str:
    return f"chorus:feedback:{feedback_id}"


def _calls(model: str) -> str:
    return f"chorus:calls:{model}"
