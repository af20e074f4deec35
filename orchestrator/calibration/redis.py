"""Stores the judgements of several orchestrators in one Redis.

The server itself computes the residuals and their sums, those of the raters that are asked for alone. So a
replica reads as fast however many there are.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence

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

# For each rater and criterion, as "rater:criterion": the works it judged, by time, and their residuals.
_JUDGED = "chorus:judged:"
_RESIDUALS = "chorus:residuals:"
# For each feedback: its work. Until 0.2.0 there was none, and a feedback was a work of its own.
_WORK = "chorus:work:"
# For each work: [levels, peers, feedback] by rater and criterion, and what each person said: levels by
# criterion, and the feedback under "feedback".
_JUDGEMENTS = "chorus:judgements:"
_PEOPLE = "chorus:people:"
# The calibrations that answers were given with, and when each was used last.
_CALIBRATIONS = "chorus:calibrations"
_USED = "chorus:calibrations_used"

# Finds the work of a feedback, and computes the residuals of a work: each with the part of it whose reference
# are the peers.
_OF_WORKS = f"""
local function work_of(feedback) return redis.call('GET', '{_WORK}' .. feedback) or feedback end
local function compute(work)
  local sums, counts = {{}}, {{}}
  for _, said in ipairs(redis.call('HVALS', '{_PEOPLE}' .. work)) do
    for criterion, levels in pairs(cjson.decode(said)) do
      if criterion ~= 'feedback' then
        sums[criterion] = (sums[criterion] or 0) + levels
        counts[criterion] = (counts[criterion] or 0) + 1
      end
    end
  end
  local judgements = redis.call('HGETALL', '{_JUDGEMENTS}' .. work)
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
      redis.call('HSET', '{_RESIDUALS}' .. rater, work, string.format('[%.17g,%.17g]', residual, relative))
      redis.call('EXPIRE', '{_RESIDUALS}' .. rater, {KEPT_SECONDS})
    else
      redis.call('HDEL', '{_RESIDUALS}' .. rater, work)
    end
  end
end
"""
# Adds the judgements of a feedback; of a work that another feedback had before, none that was there.
_ADD_JUDGEMENTS = f"""{_OF_WORKS}
local feedback, kept = ARGV[1], {KEPT_SECONDS}
redis.call('SET', '{_WORK}' .. feedback, ARGV[2], 'NX', 'EX', kept)
local work = work_of(feedback)
local judgements = '{_JUDGEMENTS}' .. work
for at = 4, #ARGV, 2 do
  local rater, said = ARGV[at], ARGV[at + 1]
  local before = redis.call('HGET', judgements, rater)
  if not before or cjson.decode(before)[3] == feedback then
    redis.call('HSET', judgements, rater, said)
    redis.call('ZADD', '{_JUDGED}' .. rater, 'NX', ARGV[3], work)
    redis.call('EXPIRE', '{_JUDGED}' .. rater, kept)
  end
end
redis.call('EXPIRE', judgements, kept)
compute(work)
"""
_ADD_PERSON = f"""{_OF_WORKS}
local feedback = ARGV[1]
redis.call('SET', '{_WORK}' .. feedback, feedback, 'NX', 'EX', {KEPT_SECONDS})
local work = work_of(feedback)
redis.call('HSET', '{_PEOPLE}' .. work, ARGV[2], ARGV[3])
redis.call('EXPIRE', '{_PEOPLE}' .. work, {KEPT_SECONDS})
compute(work)
"""
_DELETE = f"""{_OF_WORKS}
local feedback = ARGV[1]
local work = work_of(feedback)
local judgements = redis.call('HGETALL', '{_JUDGEMENTS}' .. work)
for at = 1, #judgements, 2 do
  local rater, owner = judgements[at], cjson.decode(judgements[at + 1])[3]
  if (owner or feedback) == feedback then
    redis.call('ZREM', '{_JUDGED}' .. rater, work)
    redis.call('HDEL', '{_RESIDUALS}' .. rater, work)
    redis.call('HDEL', '{_JUDGEMENTS}' .. work, rater)
  end
end
local people = redis.call('HGETALL', '{_PEOPLE}' .. work)
for at = 1, #people, 2 do
  if (cjson.decode(people[at + 1])['feedback'] or feedback) == feedback then
    redis.call('HDEL', '{_PEOPLE}' .. work, people[at])
  end
end
redis.call('DEL', '{_WORK}' .. feedback)
compute(work)
"""
# Drops a rater's judgements that are beyond the latest ones or too old, sums up the rest, and counts the
# people that they are held against.
_SUM_RESIDUALS = f"""
local rater, judged, residuals = ARGV[1], '{_JUDGED}' .. ARGV[1], '{_RESIDUALS}' .. ARGV[1]
local criterion = rater:match('[^:]+$')
local function drop(works)
  for _, work in ipairs(works) do
    redis.call('ZREM', judged, work)
    redis.call('HDEL', residuals, work)
    redis.call('HDEL', '{_JUDGEMENTS}' .. work, rater)
  end
end
drop(redis.call('ZRANGE', judged, 0, -1 - ARGV[2]))
drop(redis.call('ZRANGEBYSCORE', judged, '-inf', ARGV[3]))
local count, total, squares, relative, people, by_people, counted = 0, 0, 0, 0, 0, 0, {{}}
local kept = redis.call('HGETALL', residuals)
for at = 1, #kept, 2 do
  local residual = cjson.decode(kept[at + 1])
  count = count + 1
  total = total + residual[1]
  squares = squares + residual[1] ^ 2
  relative = relative + residual[2]
  local said = residual[2] == 0 and redis.call('HGETALL', '{_PEOPLE}' .. kept[at]) or {{}}
  local one = 0
  for person = 1, #said, 2 do
    if cjson.decode(said[person + 1])[criterion] then
      one = 1
      if not counted[said[person]] then
        counted[said[person]] = true
        people = people + 1
      end
    end
  end
  by_people = by_people + one
end
return string.format('[%d,%.17g,%.17g,%.17g,%d,%d]', count, total, squares, relative, people, by_people)
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
        self._add_judgements = client.register_script(_ADD_JUDGEMENTS)
        self._add_person = client.register_script(_ADD_PERSON)
        self._delete = client.register_script(_DELETE)
        self._sum_residuals = client.register_script(_SUM_RESIDUALS)
        self._use_script = client.register_script(_USE_CALIBRATION)

    @override
    async def add_judgements(self, feedback_id: str, work: str, judgements: Sequence[Judgement]) -> None:
        if not judgements:
            return
        args: list[str | float] = [feedback_id, work, time.time()]
        for each in judgements:
            args += [f"{each.rater}:{each.criterion}", json.dumps([each.levels, each.peers, feedback_id])]
        with explained():
            await self._add_judgements(args=args)

    @override
    async def add_person(self, feedback_id: str, person: str, levels: Mapping[int, float]) -> None:
        said = json.dumps({**levels, "feedback": feedback_id})
        with explained():
            await self._add_person(args=[feedback_id, person, said])

    @override
    async def delete(self, feedback_id: str) -> None:
        with explained():
            await self._delete(args=[feedback_id])

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
    async def residual_sums(self, raters: Sequence[str], criteria: int) -> ResidualsByRater:
        oldest = time.time() - KEPT_SECONDS
        asked = [(rater, criterion) for rater in raters for criterion in range(criteria)]
        with explained():
            # Without a transaction, other clients are served between the scripts.
            async with self._client.pipeline(transaction=False) as pipeline:
                for rater, criterion in asked:
                    args: list[str | float] = [f"{rater}:{criterion}", MAX_JUDGEMENTS, oldest]
                    await self._sum_residuals(args=args, client=pipeline)
                sums = await pipeline.execute()
        by_rater: defaultdict[str, dict[int, ResidualSums]] = defaultdict(dict)
        for (rater, criterion), each in zip(asked, map(json.loads, sums), strict=True):
            if each[0]:
                by_rater[rater][criterion] = ResidualSums(*each)
        return dict(by_rater)
