"""Keeps the residuals of the raters that are asked for in memory, and learns beside the calls."""

import asyncio
import hashlib
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.calibration.calibration_text import from_text, to_text
from orchestrator.calibration.judgement_history import (
    Judgement,
    JudgementHistory,
    ResidualsByRater,
    rater_keys,
    work_key,
)
from orchestrator.calibration.pool import Pools
from orchestrator.merge.calibration import NO_CALIBRATION, Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.scale import Scale
from orchestrator.merge.severity import ResidualSums, calibrate, peer_references
from orchestrator.store.store import StoreError
from rpckit import log
from rpckit.call import Clock
from rpckit.errors import Unavailable

# What is known of a rater is read again after this long, so that the works of one class meet one calibration.
_MAX_AGE_SECONDS = 300.0
# A history that failed is asked again after this long.
_RETRY_SECONDS = 5.0
# An answer waits this long at most for its calibration to be read, kept, or found.
_PATIENCE_SECONDS = 0.6
# A queue that is this long means that the history is slower than the calls. Further reviews teach nothing.
_MAX_PENDING = 1000
# The most raters that are held in memory: those asked for last.
_MAX_KNOWN = 10_000
# A calibration that is used all the time is kept anew this often, and so many are known to be kept.
_KEEP_ANEW_SECONDS = 300.0
_MAX_KEPT = 1000

_Change = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of a rater: the sums of its residuals by the criterion's place. They do until a time."""

    residuals: Mapping[int, ResidualSums]
    until: float


class RaterCalibrator:
    """Knows the severity of every rater, as each pool of callers has learned it.

    Where the history is lost, it keeps what it read last.
    """

    def __init__(
        self,
        history: JudgementHistory,
        pools: Pools | None = None,
        max_age_seconds: float = _MAX_AGE_SECONDS,
        clock: Clock = time.monotonic,
    ) -> None:
        self._history = history
        self._pools = pools or Pools()
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._reading = asyncio.Lock()
        self._kept: OrderedDict[str, float] = OrderedDict()
        self._keep_again_at = 0.0
        self._pending: asyncio.Queue[_Change] = asyncio.Queue(_MAX_PENDING)

    async def calibration(
        self, caller: str, opinions: Iterable[Opinion], rubric: submission_pb2.Rubric, language_code: str
    ) -> Calibration:
        """Returns the calibration of a panel that judges a caller's submission in a language by a rubric."""
        pool = self._pools.of(caller)
        versions = {each.model: each.model_version for each in opinions}
        raters = rater_keys(pool, versions, rubric, language_code)
        await self._read(tuple(raters.values()), len(rubric.criteria))
        records = {}
        for model, rater in raters.items():
            known = self._known.get(rater)
            residuals = known.residuals if known is not None else {}
            records[model] = {
                criterion.id: residuals[place]
                for place, criterion in enumerate(rubric.criteria)
                if place in residuals
            }
        return calibrate(records, pool.limits)

    async def _read(self, raters: Sequence[str], criteria: int) -> None:
        """Reads what is too old of some raters, if the history answers soon."""
        async with self._reading:
            now = self._clock()
            old = [each for each in raters if each not in self._known or self._known[each].until <= now]
            found: ResidualsByRater = {}
            until = now + self._max_age_seconds
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    found = await self._history.residual_sums(old, criteria) if old else {}
            except (TimeoutError, StoreError) as error:
                _warn("read", str(error) or "no answer")
                found = {each: self._known[each].residuals for each in old if each in self._known}
                until = now + min(self._max_age_seconds, _RETRY_SECONDS)
            for each in old:
                self._known[each] = _Known(found.get(each, {}), until)
            for each in raters:
                self._known.move_to_end(each)
            while len(self._known) > _MAX_KNOWN:
                self._known.popitem(last=False)

    async def keep(self, calibration: Calibration) -> None:
        """Keeps a calibration that an answer is given with, so that a later request can pin it.

        Where it cannot be kept, the answer goes out all the same.
        """
        now = self._clock()
        if (
            calibration.id == NO_CALIBRATION
            or now < self._keep_again_at
            or now < self._kept.get(calibration.id, -math.inf) + _KEEP_ANEW_SECONDS
        ):
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._history.keep_calibration(calibration.id, to_text(calibration))
        except (TimeoutError, StoreError) as error:
            _warn("keep", str(error) or "no answer")
            # Not every answer shall wait for a history that hangs.
            self._keep_again_at = now + _RETRY_SECONDS
            return
        self._kept[calibration.id] = now
        self._kept.move_to_end(calibration.id)
        if len(self._kept) > _MAX_KEPT:
            self._kept.popitem(last=False)

    async def pinned(self, version: str, rubric: submission_pb2.Rubric) -> Calibration | None:
        """Returns the calibration of an earlier answer, by its id; None if it is not kept.

        Raises:
            Unavailable: Whether it is kept cannot be told now.
        """
        if version == NO_CALIBRATION:
            return Calibration()
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                text = await self._history.find_calibration(version)
        except (TimeoutError, StoreError):
            raise Unavailable("the store does not answer", retry_delay=_RETRY_SECONDS) from None
        return None if text is None else from_text(version, text, rubric)

    def learn(
        self,
        caller: str,
        feedback_id: str,
        text: str,
        opinions: Sequence[Opinion],
        rubric: submission_pb2.Rubric,
        language_code: str,
    ) -> None:
        """Queues a panel's scores of a caller's text to be learned from; its repeat teaches nothing."""
        pool = self._pools.of(caller)
        judgements = []
        versions = {each.model: each.model_version for each in opinions}
        raters = rater_keys(pool, versions, rubric, language_code)
        for place, criterion in enumerate(rubric.criteria):
            scale = Scale.of(criterion)
            levels = {
                each.model: scale.levels(score.score)
                for each in opinions
                for score in each.feedback.scores
                if score.criterion_id == criterion.id and score.HasField("score")
            }
            peers = peer_references(levels)
            judgements += [
                Judgement(
                    raters[each.model],
                    place,
                    levels[each.model],
                    peers.get(each.model),
                )
                for each in opinions
                if each.model in levels
            ]
        self._enqueue(partial(self._history.add_judgements, feedback_id, work_key(pool, text), judgements))

    def learn_from_person(
        self,
        caller: str,
        feedback_id: str,
        rater: str,
        scores: Iterable[feedback_pb2.CriterionScore],
        rubric: submission_pb2.Rubric,
    ) -> None:
        """Queues a person's scores of the caller's submission to be learned from.

        Two callers who share a pool do not mean one person by one pseudonym.
        """
        given = {each.criterion_id: each.score for each in scores if each.HasField("score")}
        levels = {
            place: Scale.of(criterion).levels(given[criterion.id])
            for place, criterion in enumerate(rubric.criteria)
            if criterion.id in given
        }
        person = hashlib.sha256((f"{caller}\n{rater}" if caller else rater).encode()).hexdigest()
        self._enqueue(partial(self._history.add_person, feedback_id, person, levels))

    async def drain(self) -> None:
        """Waits until what was queued is written."""
        await self._pending.join()

    async def forget(self, feedback_id: str) -> None:
        """Deletes what was learned from a feedback.

        Raises:
            Unavailable: It could not be deleted.
        """
        await self.drain()
        try:
            await self._history.delete(feedback_id)
            self._known.clear()
        except StoreError:
            raise Unavailable("the store does not answer", retry_delay=_RETRY_SECONDS) from None

    async def run(self) -> None:
        """Writes what was queued."""
        while True:
            change = await self._pending.get()
            try:
                await change()
            except StoreError as error:
                _warn("learn", str(error))
            self._pending.task_done()

    def _enqueue(self, change: _Change) -> None:
        try:
            self._pending.put_nowait(change)
        except asyncio.QueueFull:
            _warn("learn", "too slow")


def _warn(operation: str, wrong: str) -> None:
    log.event("calibration fails", level=logging.WARNING, operation=operation, wrong=wrong)
