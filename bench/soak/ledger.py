"""Keeps what became of each essay: whether its answer was kept, and whether it was bought once."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT

STEADY = "openai/steady"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What must not change of an answer that is stored."""

    feedback_id: str
    digest: bytes
    is_complete: bool


@dataclass
class Ledger:
    """Counts calls and holds each answer against the earlier one of the same essay.

    Attributes:
        answered: How many answers came.
        failures: How many attempts failed, by reason.
        wrong: What must never be, and how often it was.
        partial: How many answers lack the model that always answers, by the reason.
        in_doubt: The essays whose answers may be bought twice: a process died, the caller left, or a model
            was no longer waited for, while they were asked for.
    """

    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    partial: Counter[str] = field(default_factory=Counter)
    in_doubt: set[int] = field(default_factory=set)
    is_store_away: bool = False
    _in_flight: Counter[int] = field(default_factory=Counter)
    _kept: dict[int, KeptAnswer] = field(default_factory=dict)

    @property
    def kept(self) -> tuple[int, ...]:
        """The essays whose answers are stored."""
        return tuple(self._kept)

    @contextmanager
    def asking(self, number: int) -> Iterator[KeptAnswer | None]:
        """Counts an essay as in flight while the block runs; yields what is kept of it."""
        self._in_flight[number] += 1
        try:
            yield self._kept.get(number)
        finally:
            self._in_flight[number] -= 1
            if not self._in_flight[number]:
                del self._in_flight[number]
            if self.is_store_away:
                self.in_doubt.add(number)

    def doubt_all_in_flight(self) -> None:
        """Notes that a process was killed now."""
        self.in_doubt.update(self._in_flight)

    def answer(self, number: int, response: GetFeedbackResponse, earlier: KeptAnswer | None) -> None:
        """Takes an answer down.

        Args:
            number: The essay's.
            response: The answer.
            earlier: What was kept of the essay when this answer was asked for.
        """
        self.answered += 1
        steady = next((each for each in response.results if each.model == STEADY), None)
        if steady is None or not steady.HasField("feedback"):
            why = steady.failure.message if steady else "it was not asked"
            self.partial[why] += 1
        # What a model had on its way when the others were enough is paid for, and no part of the answer.
        if response.store_failed or any(_was_left_behind(each) for each in response.results):
            self.in_doubt.add(number)
        if response.store_failed:
            return
        now = _kept(response)
        if earlier is not None:
            self.wrong["stored, and answered under another name"] += earlier.feedback_id != now.feedback_id
            # What an answer lacks is bought when it is asked for again.
            self.wrong["stored whole, and answered otherwise"] += (
                earlier.is_complete and earlier.digest != now.digest
            )
        self._kept[number] = now

    def bought_twice(self, sold: Mapping[str, int]) -> tuple[int, int]:
        """Counts the answers that were sold more than once: of essays not in doubt, and of those in doubt."""
        twice = [int(key.partition(" ")[0]) for key, times in sold.items() if times > 1]
        in_doubt = sum(number in self.in_doubt for number in twice)
        return len(twice) - in_doubt, in_doubt


def _was_left_behind(result: ModelResult) -> bool:
    return result.HasField("failure") and result.failure.reason == ERROR_REASON_TIMEOUT


def _kept(response: GetFeedbackResponse) -> KeptAnswer:
    copy = GetFeedbackResponse()
    copy.CopyFrom(response)
    copy.replayed = False
    digest = hashlib.sha256(copy.SerializeToString(deterministic=True)).digest()
    return KeptAnswer(copy.feedback_id, digest, copy.merged.panel.state == Panel.STATE_COMPLETE)
