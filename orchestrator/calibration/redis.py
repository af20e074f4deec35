"""The history of several orchestrators: one Redis.

The server holds judgements against people and peers and sums the residuals up, so that reading them takes a
replica no longer the more there are.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from orchestrator.calibration.history import MAX_JUDGEMENTS, Judgement, Tallies
from orchestrator.merge.severity import Tally
from orchestrator.store.connection import explained

# A rubric may be used once: its raters must not fill the memory.
_KEPT_SECONDS = 90 * 24 * 60 * 60

# Every rater and criterion, "rater:criterion". Each has the feedbacks it judged by time, and its residuals.
_RATERS = "chorus:raters"
_JUDGED = "chorus:judged:"
_RESIDUALS = "chorus:residuals:"
# Of each feedback: [levels, peers] by rater and criterion, and people's levels by person.
_JUDGEMENTS = "chorus:judgements:"
_PEOPLE = "chorus:people:"

# Makes the residuals of a feedback, each with the part of it that is held against peers.
_HOLD = f"""
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
# Lets go of a rater's judgements beyond the latest ones and of those that are too old; sums up the rest.
_SUM = f"""
local rater, judged, residuals = ARGV[1], '{_JUDGED}' .. ARGV[1], '{_RESIDUALS}' .. ARGV[1]
local function let_go(feedbacks)
  for _, feedback in ipairs(feedbacks) do
    redis.call('ZREM', judged, feedback)
    redis.call('HDEL', residuals, feedback)
    redis.call('HDEL', '{_JUDGEMENTS}' .. feedback, rater)
  end
end
let_go(redis.call('ZRANGE', judged, 0, -1 - ARGV[2]))
let_go(redis.call('ZRANGEBYSCORE', judged, '-inf', ARGV[3]))
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


class RedisHistory:
    """Implements `History`. What is kept is let go after 90 days besides."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._hold = client.register_script(_HOLD)
        self._sum = client.register_script(_SUM)

    async def add_judgements(self, feedback_id: str, judgements: Sequence[Judgement]) -> None:
        """See `History`."""
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
                await self._hold(args=[feedback_id], client=pipeline)
                await pipeline.execute()

    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        """See `History`."""
        key = _PEOPLE + feedback_id
        with explained():
            async with self._client.pipeline() as pipeline:
                pipeline.hset(key, person, json.dumps(levels))
                pipeline.expire(key, _KEPT_SECONDS)
                await self._hold(args=[feedback_id], client=pipeline)
                await pipeline.execute()

    async def delete(self, feedback_id: str) -> None:
        """See `History`."""
        key = _JUDGEMENTS + feedback_id
        with explained():
            raters: Any = await self._client.hkeys(key)
            async with self._client.pipeline() as pipeline:
                for rater in map(bytes.decode, raters):
                    pipeline.zrem(_JUDGED + rater, feedback_id)
                    pipeline.hdel(_RESIDUALS + rater, feedback_id)
                pipeline.delete(key, _PEOPLE + feedback_id)
                await pipeline.execute()

    async def tallies(self) -> Tallies:
        """See `History`."""
        oldest = time.time() - _KEPT_SECONDS
        with explained():
            names: Any = await self._client.smembers(_RATERS)
            raters = sorted(map(bytes.decode, names))
            # One by one: others are served in between.
            async with self._client.pipeline(transaction=False) as pipeline:
                for rater in raters:
                    await self._sum(args=[rater, MAX_JUDGEMENTS, oldest], client=pipeline)
                sums = await pipeline.execute()
        found: defaultdict[str, dict[int, Tally]] = defaultdict(dict)
        for name, each in zip(raters, map(json.loads, sums), strict=True):
            rater, _, criterion = name.partition(":")
            if each[0]:
                found[rater][int(criterion)] = Tally(*each)
        return found
