"""Keeps what became of each essay: whether its answer was kept, and whether it was bought once."""

import hashlib
from collections import Counter
from collections.abc import Collection, Container, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.soak.evidence import FailedCall
from bench.soak.timeline import Timeline
from chorus.feedback.v1.feedback_pb2 import ModelResult
from chorus.feedback.v1.feedback_service_pb2 import GetFeedbackResponse
from chorus.feedback.v1.merged_pb2 import Panel
from chorus.model.v1.failure_pb2 import ERROR_REASON_TIMEOUT, ERROR_REASON_UNAVAILABLE
from chorus.model.v1.generation_pb2 import USAGE_BASIS_UNKNOWN

STEADY = "openai/steady"


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What must not change of an answer that is stored."""

    feedback_id: str
    digest: bytes
    is_complete: bool


@dataclass(frozen=True, slots=True)
class BoughtTwice:
    """The answers that were sold more than once.

    Attributes:
        wrong: Those for which there is no reason: the essay and the model.
        in_doubt: How many were in flight at a kill, or not waited for.
        sent_again: How many others are of a call that gRPC sent again, because a connection broke.
    """

    wrong: list[tuple[int, str]]
    in_doubt: int
    sent_again: int


@dataclass
class Ledger:
    """Counts calls and holds each answer against the earlier one of the same essay.

    Attributes:
        answered: How many answers came.
        failures: How many attempts failed, by reason.
        wrong: What must never be, and how often it was.
        partial: How many answers lack the model that always answers, by the reason.
        in_doubt: The essays whose answers may be bought twice: a process died, the connection broke, or the
            caller left, while they were asked for.
        models_in_doubt: The essays and the models of which this holds for one answer: the model was no longer
            waited for, or its server was gone.
        failed_calls: The attempts that failed.
        timeline: What happened when.
    """

    answered: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    partial: Counter[str] = field(default_factory=Counter)
    in_doubt: set[int] = field(default_factory=set)
    models_in_doubt: set[tuple[int, str]] = field(default_factory=set)
    failed_calls: list[FailedCall] = field(default_factory=list)
    timeline: Timeline = field(default_factory=Timeline)
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
                self.doubt(number, "the store was away")

    def doubt_all_in_flight(self) -> None:
        """Notes that a process was killed now."""
        for number in self._in_flight:
            self.doubt(number, "a process was killed")

    def doubt(self, number: int, why: str) -> None:
        """Notes that an essay's answers may be bought twice from now on."""
        self.in_doubt.add(number)
        self.timeline.note(number, f"in doubt: {why}")

    def fail(self, why: str, call_id: str, numbers: Collection[int], *, is_cut: bool = False) -> None:
        """Counts an attempt that failed. `is_cut`: no server has ended it, so its connection broke."""
        self.failures[why] += 1
        if is_cut:
            for number in numbers:
                self.doubt(number, "the connection broke")
        self.failed_calls.append(FailedCall(self.timeline.clock(), why, tuple(numbers), call_id))

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
        self.timeline.note(number, f"answered: {_outline(response)}")
        for each in response.results:
            if _may_be_paid_for(each):
                self.models_in_doubt.add((number, _name_at_provider(each.model)))
                self.timeline.note(number, f"in doubt: what {each.model} was asked for was not waited for")
        if response.store_failed:
            self.doubt(number, "the store failed")
            return
        now = _kept(response)
        if earlier is not None:
            self.wrong["stored, and answered under another name"] += earlier.feedback_id != now.feedback_id
            # What an answer lacks is bought when it is asked for again.
            self.wrong["stored whole, and answered otherwise"] += (
                earlier.is_complete and earlier.digest != now.digest
            )
        self._kept[number] = now

    def bought_twice(self, sold: Mapping[str, Sized], sent_again: Container[str]) -> BoughtTwice:
        """Finds the answers that were sold more than once.

        Args:
            sold: The sales of each answer, by the essay's number and the model's name at the provider.
            sent_again: The x-request-ids of calls that gRPC sent to a second server.
        """
        split = [key.split(" ", 1) for key, sales in sold.items() if len(sales) > 1]
        twice = [(int(number), model) for number, model in split]
        left = [each for each in twice if each[0] not in self.in_doubt and each not in self.models_in_doubt]
        wrong = [
            (number, model)
            for number, model in left
            if not any(call_id in sent_again for call_id in self.timeline.call_ids(number))
        ]
        return BoughtTwice(wrong, in_doubt=len(twice) - len(left), sent_again=len(left) - len(wrong))


def _outline(response: GetFeedbackResponse) -> str:
    results = (
        f"{each.model} {'answers' if each.HasField('feedback') else each.failure.message!r}"
        for each in response.results
    )
    flags = [name for name in ("replayed", "store_failed") if getattr(response, name)]
    return ", ".join([response.feedback_id, *flags, *results])


def _may_be_paid_for(result: ModelResult) -> bool:
    """Whether a model had its answer on its way when the others were enough, or when its server was gone."""
    if not result.HasField("failure"):
        return False
    is_lost = result.failure.reason == ERROR_REASON_UNAVAILABLE and result.usage.basis == USAGE_BASIS_UNKNOWN
    return is_lost or result.failure.reason == ERROR_REASON_TIMEOUT


def _name_at_provider(model: str) -> str:
    return model.partition("/")[2]


def _kept(response: GetFeedbackResponse) -> KeptAnswer:
    copy = GetFeedbackResponse()
    copy.CopyFrom(response)
    copy.replayed = False
    digest = hashlib.sha256(copy.SerializeToString(deterministic=True)).digest()
    return KeptAnswer(copy.feedback_id, digest, copy.merged.panel.state == Panel.STATE_COMPLETE)
