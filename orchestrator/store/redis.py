"""Keeps the state of several orchestrators in one Redis."""

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from redis.asyncio import Redis
from typing_extensions import override

from chorus.feedback.v1 import decision_pb2, feedback_pb2, feedback_service_pb2
from orchestrator.store.connection import explained
from orchestrator.store.model_call import MAX_CALLS, ModelCall
from orchestrator.store.redis_lease import LEASE_SECONDS, take_lease
from orchestrator.store.store import (
    ANSWERED_ALREADY,
    OTHER_REQUEST,
    Store,
    StoredFeedback,
    StoredRequest,
    StoreError,
)

# Sets a field of a request that is this one or new. A new one begins to live, in milliseconds.
_KEEP_RESULT = """
local is_new = redis.call('HSETNX', KEYS[1], 'hash', ARGV[1])
if redis.call('HGET', KEYS[1], 'hash') ~= ARGV[1] then return 'other request' end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if is_new == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return 'kept'
"""
# Keeps a response under its own key, and its name with the request unless that has another one.
_KEEP_RESPONSE = """
if ARGV[1] ~= '' then
  redis.call('HSETNX', KEYS[1], 'hash', ARGV[1])
  if redis.call('HGET', KEYS[1], 'hash') ~= ARGV[1] then return 'other request' end
  local first = redis.call('HGET', KEYS[1], 'feedback')
  if first and first ~= ARGV[2] and redis.call('HEXISTS', ARGV[3] .. first, 'response') == 1 then
    return 'answered'
  end
  redis.call('HSET', KEYS[1], 'feedback', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('HSET', KEYS[2], unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 'kept'
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
_WRONG = {b"other request": OTHER_REQUEST, b"answered": ANSWERED_ALREADY}
_MODELS = "chorus:models"
_RESULT = b"result:"
_SCORES = b"scores:"
_DECISIONS = b"decisions:"


class RedisStore(Store):
    """Keeps what belongs together in one hash, so that it expires and is deleted as one."""

    def __init__(self, client: Redis, retention_seconds: float, lease_seconds: float = LEASE_SECONDS) -> None:
        self._client = client
        self._retention = round(retention_seconds * 1000)
        self._lease_seconds = lease_seconds
        self._keep_result = client.register_script(_KEEP_RESULT)
        self._keep_response = client.register_script(_KEEP_RESPONSE)
        self._say = client.register_script(_SAY)
        self._delete = client.register_script(_DELETE)

    @override
    async def take_lease(self, request_id: str) -> AbstractAsyncContextManager[None] | None:
        return await take_lease(self._client, request_id, self._lease_seconds)

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
            outcome = await self._keep_result(
                [_request(request_id)], [request_hash, field, kept, self._retention]
            )
        _check_kept(outcome)

    @override
    async def keep_response(
        self,
        request_id: str,
        request_hash: bytes,
        caller: str,
        response: feedback_service_pb2.GetFeedbackResponse,
    ) -> None:
        fields = self._fields(request_id, caller) | {"response": response.SerializeToString()}
        flat = [each for field in fields.items() for each in field]
        keys = [_request(request_id), _feedback(response.feedback_id)]
        request_hash = request_hash if request_id else b""
        with explained():
            outcome = await self._keep_response(
                keys, [request_hash, response.feedback_id, _feedback(""), self._retention, *flat]
            )
        _check_kept(outcome)

    def _fields(self, request_id: str, caller: str) -> dict[Any, Any]:
        now = time.time()
        return {
            "caller": caller,
            "request": _request(request_id),
            "created_at": now,
            "expires_at": now + self._retention / 1000,
        }

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
                pipeline.hset(_feedback(feedback_id), mapping=self._fields(request_id, caller))
                pipeline.pexpire(_feedback(feedback_id), self._retention)
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
    async def add_calls(self, calls: Sequence[ModelCall]) -> None:
        now = time.time()
        with explained():
            async with self._client.pipeline() as pipeline:
                for call in calls:
                    key = _calls(call.model)
                    entry = json.dumps([now, call.answered, call.seconds, call.output_tokens_per_second])
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


def _check_kept(outcome: bytes) -> None:
    if wrong := _WRONG.get(outcome):
        raise StoreError(wrong)


def _of_each_name(fields: Mapping[bytes, bytes], kind: bytes) -> list[bytes]:
    """Returns the values of the fields of a kind, in the order of the names."""
    return [value for name, value in sorted(fields.items()) if name.startswith(kind)]


def _request(request_id: str) -> str:
    return f"chorus:request:{request_id}"


def _feedback(feedback_id: str) -> str:
    return f"chorus:feedback:{feedback_id}"


def _calls(model: str) -> str:
    return f"chorus:calls:{model}"
