"""Keeps every rater's residuals in memory and learns beside the calls."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.calibration.calibration_text import from_text, to_text
from orchestrator.calibration.judgement_history import (
    Judgement,
    JudgementHistory,
    ResidualsByRater,
    rater_key,
)
from orchestrator.merge.calibration import NO_CALIBRATION, Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.scale import Scale
from orchestrator.merge.severity import calibrate, peer_references
from orchestrator.store.store import StoreError
from rpckit import log
from rpckit.errors import Unavailable

_MAX_AGE_SECONDS = 5.0
# An answer waits this long at most for its calibration to be kept, or found.
_PATIENCE_SECONDS = 0.6
# A queue that is this long means that the history is slower than the calls. Further reviews teach nothing.
_MAX_PENDING = 1000

_Change = Callable[[], Awaitable[None]]


class RaterCalibrator:
    """Knows the severity of every rater.

    A call that asks it waits for nothing. Where the history is lost, it keeps what it read last.
    """

    def __init__(self, history: JudgementHistory, max_age_seconds: float = _MAX_AGE_SECONDS) -> None:
        self._history = history
        self._max_age_seconds = max_age_seconds
        self._residuals: ResidualsByRater = {}
        self._keep_again_at = 0.0
        self._pending: asyncio.Queue[_Change] = asyncio.Queue(_MAX_PENDING)

    def calibration(
        self, opinions: Iterable[Opinion], rubric: submission_pb2.Rubric, language_code: str
    ) -> Calibration:
        """Returns the calibration of a panel that judges a submission in a language by a rubric."""
        records = {}
        for each in opinions:
            rater = rater_key(each.model, each.model_version, rubric, language_code)
            residuals = self._residuals.get(rater, {})
            records[each.model] = {
                criterion.id: residuals[place]
                for place, criterion in enumerate(rubric.criteria)
                if place in residuals
            }
        return calibrate(records)

    async def keep(self, calibration: Calibration) -> None:
        """Keeps a calibration that an answer is given with, so that a later request can pin it.

        Where it cannot be kept, the answer goes out all the same.
        """
        if calibration.id == NO_CALIBRATION or time.monotonic() < self._keep_again_at:
            return
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._history.keep_calibration(calibration.id, to_text(calibration))
        except (TimeoutError, StoreError) as error:
            _warn("keep", str(error) or "no answer")
            # Not every answer shall wait for a history that hangs.
            self._keep_again_at = time.monotonic() + _MAX_AGE_SECONDS

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
            raise Unavailable("the store does not answer", retry_delay=_MAX_AGE_SECONDS) from None
        return None if text is None else from_text(version, text, rubric)

    def learn(
        self,
        feedback_id: str,
        opinions: Sequence[Opinion],
        rubric: submission_pb2.Rubric,
        language_code: str,
    ) -> None:
        """Queues a panel's scores to be learned from."""
        judgements = []
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
                    rater_key(each.model, each.model_version, rubric, language_code),
                    place,
                    levels[each.model],
                    peers.get(each.model),
                )
                for each in opinions
                if each.model in levels
            ]
        self._enqueue(partial(self._history.add_judgements, feedback_id, judgements))

    def learn_from_person(
        self,
        feedback_id: str,
        rater: str,
        scores: Iterable[feedback_pb2.CriterionScore],
        rubric: submission_pb2.Rubric,
    ) -> None:
        """Queues a person's scores of the same submission to be learned from."""
        given = {each.criterion_id: each.score for each in scores if each.HasField("score")}
        levels = {
            place: Scale.of(criterion).levels(given[criterion.id])
            for place, criterion in enumerate(rubric.criteria)
            if criterion.id in given
        }
        person = hashlib.sha256(rater.encode()).hexdigest()
        self._enqueue(partial(self._history.add_person, feedback_id, person, levels))

    async def forget(self, feedback_id: str) -> None:
        """Deletes what was learned from a feedback.

        Raises:
            Unavailable: It could not be deleted.
        """
        await self._pending.join()
        try:
            await self._history.delete(feedback_id)
        except StoreError:
            raise Unavailable("the store does not answer", retry_delay=_MAX_AGE_SECONDS) from None

    async def run(self) -> None:
        """Writes what was queued, and reads the history again once its copy is older than allowed."""
        read_at = await self._read()
        while True:
            change = await self._pending.get()
            try:
                await change()
            except StoreError as error:
                _warn("learn", str(error))
            if time.monotonic() - read_at >= self._max_age_seconds:
                read_at = await self._read()
            self._pending.task_done()

    async def _read(self) -> float:
        try:
            self._residuals = await self._history.residual_sums()
        except StoreError as error:
            _warn("read", str(error))
        return time.monotonic()

    def _enqueue(self, change: _Change) -> None:
        try:
            self._pending.put_nowait(change)
        except asyncio.QueueFull:
            _warn("learn", "too slow")


def _warn(operation: str, wrong: str) -> None:
    log.event("calibration fails", level=logging.WARNING, operation=operation, wrong=wrong)
