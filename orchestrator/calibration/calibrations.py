"""The calibrations in memory, and how they learn beside the calls."""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

from chorus.feedback.v1 import feedback_pb2, submission_pb2
from orchestrator.calibration.history import History, Judgement, Tallies, rater_key
from orchestrator.merge.calibration import Calibration
from orchestrator.merge.opinion import Opinion
from orchestrator.merge.scale import Scale
from orchestrator.merge.severity import calibrate, peer_references
from orchestrator.store.store import StoreError
from rpckit import log
from rpckit.errors import Unavailable

_MAX_AGE_SECONDS = 5.0
# Beyond it a review is not learned from: the history is slower than the calls.
_MAX_PENDING = 1000

_Change = Callable[[], Awaitable[None]]


class Calibrations:
    """What is known of every rater. Asking it waits for nothing; a lost history leaves it as it is."""

    def __init__(self, history: History, max_age_seconds: float = _MAX_AGE_SECONDS) -> None:
        self._history = history
        self._max_age_seconds = max_age_seconds
        self._tallies: Tallies = {}
        self._pending: asyncio.Queue[_Change] = asyncio.Queue(_MAX_PENDING)

    def of(
        self, opinions: Iterable[Opinion], rubric: submission_pb2.Rubric, language_code: str
    ) -> Calibration:
        """The calibration of a panel that judges a work in a language by a rubric."""
        records = {}
        for each in opinions:
            tallies = self._tallies.get(rater_key(each.model, each.model_version, rubric, language_code), {})
            records[each.model] = {
                criterion.id: tallies[place]
                for place, criterion in enumerate(rubric.criteria)
                if place in tallies
            }
        return calibrate(records)

    def learn(
        self,
        feedback_id: str,
        opinions: Sequence[Opinion],
        rubric: submission_pb2.Rubric,
        language_code: str,
    ) -> None:
        """Takes up a panel's scores, soon."""
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
        self._soon(partial(self._history.add_judgements, feedback_id, judgements))

    def learn_from_person(
        self,
        feedback_id: str,
        rater: str,
        scores: Iterable[feedback_pb2.CriterionScore],
        rubric: submission_pb2.Rubric,
    ) -> None:
        """Takes up a person's scores of the same work, soon."""
        given = {each.criterion_id: each.score for each in scores if each.HasField("score")}
        levels = {
            place: Scale.of(criterion).levels(given[criterion.id])
            for place, criterion in enumerate(rubric.criteria)
            if criterion.id in given
        }
        person = hashlib.sha256(rater.encode()).hexdigest()
        self._soon(partial(self._history.add_person, feedback_id, person, levels))

    async def forget(self, feedback_id: str) -> None:
        """Deletes what a feedback taught.

        Raises:
            Unavailable: It could not be deleted.
        """
        await self._pending.join()
        try:
            await self._history.delete(feedback_id)
        except StoreError:
            raise Unavailable("the store does not answer", retry_delay=_MAX_AGE_SECONDS) from None

    async def run(self) -> None:
        """Writes what was learned, and reads the history again once it is older than it may be."""
        read_at = await self._read()
        while True:
            change = await self._pending.get()
            try:
                await change()
            except StoreError as error:
                _note("learn", str(error))
            if time.monotonic() - read_at >= self._max_age_seconds:
                read_at = await self._read()
            self._pending.task_done()

    async def _read(self) -> float:
        try:
            self._tallies = await self._history.tallies()
        except StoreError as error:
            _note("read", str(error))
        return time.monotonic()

    def _soon(self, change: _Change) -> None:
        try:
            self._pending.put_nowait(change)
        except asyncio.QueueFull:
            _note("learn", "too slow")


def _note(operation: str, wrong: str) -> None:
    log.event("calibration fails", level=logging.WARNING, operation=operation, wrong=wrong)
