"""Stores the judgements of several orchestrators in one Redis.

The server itself computes the residuals and their sums. So a replica reads as fast however many there are.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis
from typing_extensions import override

from orchestrator.calibration.judgement_history import (
    KEPT_SECONDS,
    MAX_CALIBRATIONS,
    MAX_JUDGEMENTS,
    Judgement,
    JudgementHistory,
    ResidualsByRater,
)
from orchestrator.merge.severity import ResidualSums
from orchestrator.store.connection import explained

# The set of all raters and criteria, as "rater:criterion".
_RATERS = "chorus:raters"
# For each rater and criterion: the feedbacks it judged, by time, and their residuals.
_JUDGED = "chorus:judged:"
_RESIDUALS = "chorus:residuals:"
# For each feedback: [levels, peers] by rater and criterion, and each person's levels by criterion.
_JUDGEMENTS = "chorus:judgements:"
_PEOPLE = "chorus:people:"
# The calibrations that answers were given with, and when each was used last.
_CALIBRATIONS = "chorus:calibrations"
_USED = "chorus:calibrations_used"

# Computes the residuals of a feedback, each with the part of it whose reference are the peers.
_COMPUTE_RESIDUALS = f"""
local sums, counts = {{}}, {{}}
for _, said in ipairs(redis.call('HVALS', '{_PEOPLE}' .. ARGV[1])) do
  for criterion, levels in pairs(cjson.decode(said)) do
    sums[criterion] = (sums[criterion] or 0) + levels
    counts[criterion] = (counts[criterion] or 0) + 1
  end
end
local judgements = redis.call('HGETALL', '{_JUDGEMENTS}' .. ARGV[1])
for at = 1, #judgements, 2 do
  local rater, criterion = judgements[at], judgements[at]:match('[^:]+$')
  local levels, peers = unpack(cjson.decode(judgements[at + 1]))
  local residual, relative
  if counts[criterion] then
    residual, relative = levels - sums[criterion] / counts[criterion], 0
  elseif peers ~= cjson.null then
    residual, relative = levels - peers, levels - peers
  end
  if residual then
    redis.call('HSET', '{_RESIDUALS}' .. rater, ARGV[1], string.format('[%.17g,%.17g]', residual, relative))
  else
    redis.call('HDEL', '{_RESIDUALS}' .. rater, ARGV[1])
  end
end
"""
# Drops a rater's judgements that are beyond the latest ones or too old, and sums up the rest.
_SUM_RESIDUALS = f"""
local rater, judged, residuals = ARGV[1], '{_JUDGED}' .. ARGV[1], '{_RESIDUALS}' .. ARGV[1]
local function drop(feedbacks)
  for _, feedback in ipairs(feedbacks) do
    redis.call('ZREM', judged, feedback)
    redis.call('HDEL', residuals, feedback)
    redis.call('HDEL', '{_JUDGEMENTS}' .. feedback, rater)
  end
end
drop(redis.call('ZRANGE', judged, 0, -1 - ARGV[2]))
drop(redis.call('ZRANGEBYSCORE', judged, '-inf', ARGV[3]))
if redis.call('EXISTS', judged) == 0 then redis.call('SREM', '{_RATERS}', rater) end
local count, total, squares, relative = 0, 0, 0, 0
for _, kept in ipairs(redis.call('HVALS', residuals)) do
  local residual = cjson.decode(kept)
  count = count + 1
  total = total + residual[1]
  squares = squares + residual[1] ^ 2
  relative = relative + residual[2]
end
return string.format('[%d,%.17g,%.17g,%.17g]', count, total, squares, relative)
"""


# Stores a calibration if there is none of its id, and returns it, or that which is stored.
_USE_CALIBRATION = f"""
local function drop(versions)
  for _, version in ipairs(versions) do
    redis.call('ZREM', '{_USED}', version)
    redis.call('HDEL', '{_CALIBRATIONS}', version)
  end
end
drop(redis.call('ZRANGEBYSCORE', '{_USED}', '-inf', ARGV[4]))
if ARGV[2] ~= '' then redis.call('HSETNX', '{_CALIBRATIONS}', ARGV[1], ARGV[2]) end
local found = redis.call('HGET', '{_CALIBRATIONS}', ARGV[1])
if found then redis.call('ZADD', '{_USED}', ARGV[3], ARGV[1]) end
drop(redis.call('ZRANGE', '{_USED}', 0, -1 - ARGV[5]))
redis.call('EXPIRE', '{_USED}', ARGV[6])
redis.call('EXPIRE', '{_CALIBRATIONS}', ARGV[6])
return found
"""


class RedisJudgementHistory(JudgementHistory):
    """Stores judgements in Redis, for 90 days at most."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._compute_residuals = client.register_script(_COMPUTE_RESIDUALS)
        self._sum_residuals = client.register_script(_SUM_RESIDUALS)
        self._use_script = client.register_script(_USE_CALIBRATION)

    @override
    async def add_judgements(self, feedback_id: str, judgements: Sequence[Judgement]) -> None:
        if not judgements:
            return
        given: Mapping[Any, Any] = {
            f"{each.rater}:{each.criterion}": json.dumps([each.levels, each.peers]) for each in judgements
        }
        now = time.time()
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.sadd(_RATERS, *given)
                for rater in given:
                    pipeline.zadd(_JUDGED + rater, {feedback_id: now})
                pipeline.hset(_JUDGEMENTS + feedback_id, mapping=given)
                await self._compute_residuals(args=[feedback_id], client=pipeline)
                await pipeline.execute()

    @override
    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        key = _PEOPLE + feedback_id
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.hset(key, person, json.dumps(levels))
                pipeline.expire(key, KEPT_SECONDS)
                await self._compute_residuals(args=[feedback_id], client=pipeline)
                await pipeline.execute()

    @override
    async def delete(self, feedback_id: str) -> None:
        key = _JUDGEMENTS + feedback_id
        with explained():
            raters: Any = await self._client.hkeys(key)
            async with self._client.pipeline() as pipeline:
                for rater in map(bytes.decode, raters):
                    pipeline.zrem(_JUDGED + rater, feedback_id)
                    pipeline.hdel(_RESIDUALS + rater, feedback_id)
                pipeline.delete(key, _PEOPLE + feedback_id)
                await pipeline.execute()

    @override
    async def keep_calibration(self, version: str, text: str) -> None:
        await self._use(version, text)

    @override
    async def find_calibration(self, version: str) -> str | None:
        return await self._use(version, "")

    async def _use(self, version: str, text: str) -> str | None:
        now = time.time()
        with explained():
            found: bytes | None = await self._use_script(
                args=[version, text, now, now - KEPT_SECONDS, MAX_CALIBRATIONS, KEPT_SECONDS]
            )
        return None if found is None else found.decode()

    @override
    async def residual_sums(self) -> ResidualsByRater:
        oldest = time.time() - KEPT_SECONDS
        with explained():
            names: Any = await self._client.smembers(_RATERS)
            raters = sorted(map(bytes.decode, names))
            # Without a transaction, other clients are served between the scripts.
            async with self._client.pipeline(transaction=False) as pipeline:
                for rater in raters:
                    await self._sum_residuals(args=[rater, MAX_JUDGEMENTS, oldest], client=pipeline)
                sums = await pipeline.execute()
        by_rater: defaultdict[str, dict[int, ResidualSums]] = defaultdict(dict)
        for name, each in zip(raters, map(json.loads, sums), strict=True):
            rater, _, criterion = name.partition(":")
            if each[0]:
                by_rater[rater][int(criterion)] = ResidualSums(*each)
        return by_rater
