"""Keeps the state of several orchestrators in one Redis."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError
from typing_extensions import override

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.connection import explained
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.store import OTHER_REQUEST, Store, StoredFeedback, StoredRequest, StoreError
from rpckit.task_end import end

# A replica that dies loses its lease after this long at most.
_LEASE_SECONDS = 6.0
# The replicas that wait for a lease try this often.
_LOOK_AGAIN_SECONDS = 0.05

# Sets a field of a request that is this one or new, and its time to live in milliseconds; for an old one
# only where it is said.
_KEEP = """
local is_new = redis.call('HSETNX', KEYS[1], 'hash', ARGV[1])
if redis.call('HGET', KEYS[1], 'hash') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if is_new == 1 or ARGV[5] == 'anew' then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return 1
"""
# Sets a field of a caller's feedback that has a response.
_SAY = """
if redis.call('HGET', KEYS[1], 'caller') ~= ARGV[1] or redis.call('HEXISTS', KEYS[1], 'response') == 0 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
return 1
"""
# Deletes a caller's feedback, with its request.
_DELETE = """
if redis.call('HGET', KEYS[1], 'caller') ~= ARGV[1] then return 0 end
redis.call('DEL', redis.call('HGET', KEYS[1], 'request'), KEYS[1])
return 1
"""
_MODELS = "chorus:models"
_RESULT = b"result:"
_SCORES = b"scores:"
_DECISIONS = b"decisions:"


class RedisStore(Store):
    """Keeps what belongs together in one hash, so that it expires and is deleted as one."""

    def __init__(
        self, client: Redis, retention_seconds: float, lease_seconds: float = _LEASE_SECONDS
    ) -> None:
        self._client = client
        self._retention = round(retention_seconds * 1000)
        self._lease_seconds = lease_seconds
        self._keep_of = client.register_script(_KEEP)
        self._say = client.register_script(_SAY)
        self._delete = client.register_script(_DELETE)

    @override
    @asynccontextmanager
    async def lease(self, request_id: str) -> AsyncIterator[None]:
        lock = Lock(
            self._client,
            f"chorus:lease:{request_id}",
            timeout=self._lease_seconds,
            sleep=_LOOK_AGAIN_SECONDS,
            thread_local=False,
        )
        with explained():
            await lock.acquire()
        beating = asyncio.create_task(self._keep(lock))
        try:
            yield
        finally:
            await end([beating])
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

    @override
    async def open_request(self, request_id: str, request_hash: bytes) -> StoredRequest:
        key = _request(request_id)
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.hsetnx(key, "hash", request_hash)
                pipeline.hgetall(key)
                pipeline.pexpire(key, self._retention, nx=True)
                _, fields, _ = await pipeline.execute()
            response: Any = None
            if feedback_id := fields.get(b"feedback"):
                response = await self._client.hget(_feedback(feedback_id.decode()), "response")
        return StoredRequest(
            request_hash=fields[b"hash"],
            response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
            results=tuple(map(feedback_pb2.ModelResult.FromString, _of_each_name(fields, _RESULT))),
        )

    @override
    async def keep_result(
        self, request_id: str, request_hash: bytes, result: feedback_pb2.ModelResult
    ) -> None:
        field, kept = _RESULT + result.model.encode(), result.SerializeToString()
        with explained():
            is_kept = await self._keep_of(
                [_request(request_id)], [request_hash, field, kept, self._retention, ""]
            )
        _check_kept(is_kept)

    @override
    async def keep_response(
        self,
        request_id: str,
        request_hash: bytes,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        kept = {"response": response.SerializeToString()}
        with explained():
            async with self._client.pipeline() as pipeline:
                self._add_feedback(pipeline, request_id, caller, response.feedback_id, kept)
                if request_id:
                    await self._keep_of(
                        [_request(request_id)],
                        [request_hash, "feedback", response.feedback_id, self._retention, "anew"],
                        client=pipeline,
                    )
                *_, is_kept = await pipeline.execute()
        _check_kept(is_kept)

    def _add_feedback(
        self, pipeline: Pipeline, request_id: str, caller: str, feedback_id: str, kept: Mapping[str, bytes]
    ) -> None:
        key, now = _feedback(feedback_id), time.time()
        fields: Any = {
            "caller": caller,
            "request": _request(request_id),
            "created_at": now,
            "expires_at": now + self._retention / 1000,
        }
        pipeline.hset(key, mapping=fields | kept)
        pipeline.pexpire(key, self._retention)

    @override
    async def replace_response(self, caller: str, response: feedback_service_pb2.GetFeedbackResponse) -> bool:
        key, said = _feedback(response.feedback_id), response.SerializeToString()
        with explained():
            return bool(await self._say([key], [caller, "response", said]))

    @override
    async def name_results(self, request_id: str, caller: str, feedback_id: str) -> None:
        with explained():
            if not await self._client.exists(_request(request_id)):
                raise StoreError("it is gone")
            async with self._client.pipeline() as pipeline:
                self._add_feedback(pipeline, request_id, caller, feedback_id, {})
                await pipeline.execute()

    @override
    async def feedback(self, caller: str, feedback_id: str) -> StoredFeedback | None:
        with explained():
            fields: Any = await self._client.hgetall(_feedback(feedback_id))
        if fields.get(b"caller") != caller.encode():
            return None
        response = fields.get(b"response")
        return StoredFeedback(
            response=response and feedback_service_pb2.GetFeedbackResponse.FromString(response),
            scores=tuple(map(feedback_service_pb2.RecordedScores.FromString, _of_each_name(fields, _SCORES))),
            decisions=tuple(map(decision_pb2.Decisions.FromString, _of_each_name(fields, _DECISIONS))),
            created_at=float(fields[b"created_at"]),
            expires_at=float(fields[b"expires_at"]),
        )

    @override
    async def keep_scores(
        self, caller: str, feedback_id: str, scores: feedback_service_pb2.RecordedScores
    ) -> bool:
        field = _SCORES + scores.rater.encode()
        with explained():
            kept = await self._say([_feedback(feedback_id)], [caller, field, scores.SerializeToString()])
        return bool(kept)

    @override
    async def keep_decisions(self, caller: str, feedback_id: str, decisions: decision_pb2.Decisions) -> bool:
        field = _DECISIONS + decisions.rater.encode()
        with explained():
            kept = await self._say([_feedback(feedback_id)], [caller, field, decisions.SerializeToString()])
        return bool(kept)

    @override
    async def delete_feedback(self, caller: str, feedback_id: str) -> bool:
        with explained():
            deleted = await self._delete([_feedback(feedback_id)], [caller])
        return bool(deleted)

    @override
    async def delete_expired(self) -> bool:
        """Does nothing: Redis deletes what has expired by itself."""
        return False

    @override
    async def add_call(self, call: ModelCall) -> None:
        key = _calls(call.model)
        entry = json.dumps([time.time(), call.answered, call.seconds, call.output_tokens_per_second])
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.sadd(_MODELS, call.model)
                pipeline.lpush(key, entry)
                pipeline.ltrim(key, 0, MAX_CALLS - 1)
                await pipeline.execute()

    @override
    async def latest_calls(self) -> Sequence[ModelCall]:
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


def _check_kept(is_kept: object) -> None:
    if not is_kept:
        raise StoreError(OTHER_REQUEST)


def _of_each_name(fields: Mapping[bytes, bytes], kind: bytes) -> list[bytes]:
    """Returns the values of the fields of a kind, in the order of the names."""
    return [value for name, value in sorted(fields.items()) if name.startswith(kind)]


def _request(request_id: str) -> str:
    return f"chorus:request:{request_id}"


def _feedback(feedback_id: str) -> str:
    return f"chorus:feedback:{feedback_id}"


def _calls(model: str) -> str:
    return f"chorus:calls:{model}"
