"""Asks the models of a panel side by side, with substitutes, until the policy or the time says enough."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from functools import partial

from typing_extensions import override

from chorus.feedback.v1 import feedback_pb2, feedback_service_pb2
from chorus.model.v1 import generation_pb2
from orchestrator.panel.audience import Audience, PointListener
from orchestrator.panel.directory import ListedModel
from orchestrator.panel.model_reviewer import FeedbackSource
from orchestrator.panel.patience import PanelPatience
from orchestrator.panel.review_question import ReviewQuestion
from orchestrator.panel.selection import SelectedPanel
from orchestrator.panel.spending import Spending
from orchestrator.panel.substitution import FailingProviders, by_preference
from orchestrator.panel.track_record import TrackRecords
from orchestrator.time_budget import TimeBudget
from rpckit.call import Deadline
from rpckit.duration import to_duration, to_seconds
from rpckit.errors import ChorusError, Timeout, to_failure
from rpckit.task_end import end
from rpckit.task_errors import error_of

# As many models are asked in turn in the place of one that failed, until the policy's minimum is reached.
_MAX_SUBSTITUTES = 2
# Once it is reached, as many.
_MAX_SUBSTITUTES_BEYOND = 1
# A substitute has this share of the time left where the minimum is reached and nobody else writes, and where
# the minimum is not reached and another substitute could still be asked.
_SUBSTITUTE_SHARE = 0.5

Delta = feedback_service_pb2.StreamFeedbackResponse.Delta


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one model of the panel."""

    listed: ListedModel
    result: feedback_pb2.ModelResult

    @property
    def answered(self) -> bool:
        """Whether there is feedback."""
        return self.result.HasField("feedback")


@dataclass(frozen=True, slots=True)
class _PanelSlot:
    """One place in the panel: the model that was asked first, and the one that is asked now."""

    first: ListedModel
    now: ListedModel

    @property
    def substitute_for(self) -> str:
        return "" if self.now is self.first else self.first.name

    def failed(self, error: ChorusError) -> feedback_pb2.ModelResult:
        """Returns the result of a model that failed while it wrote, so that what it used is not known."""
        return feedback_pb2.ModelResult(
            model=self.now.name,
            substitute_for=self.substitute_for,
            usage=generation_pb2.Usage(basis=generation_pb2.USAGE_BASIS_UNKNOWN),
            failure=to_failure(error),
        )


class FanOut(PointListener):
    """Asks one panel one question.

    Args:
        kept: Outcomes of an earlier run, which need not be bought again: of models of the panel and of
            substitutes.
        audience: While it listens, the points of unfinished answers are events too.
    """

    def __init__(
        self,
        source: FeedbackSource,
        records: TrackRecords,
        panel: SelectedPanel,
        policy: feedback_service_pb2.PanelPolicy,
        question: ReviewQuestion,
        spending: Spending,
        budget: TimeBudget,
        kept: Sequence[Outcome],
        audience: Audience,
    ) -> None:
        self._source = source
        self._records = records
        self._patience = PanelPatience(records, policy)
        self._panel = panel
        self._policy = policy
        self._question = question
        self._spending = spending
        self._budget = budget
        self._kept = {each.listed.name: each.result for each in kept}
        self._kept_substitutes = [each.listed for each in kept if each.result.substitute_for]
        self._audience = audience
        self._events: asyncio.Queue[Delta | Outcome] = asyncio.Queue()
        self._open: dict[str, _PanelSlot] = {}
        self._tasks: dict[str, asyncio.Task[feedback_pb2.ModelResult]] = {}
        self._engaged = {each.name for each in panel.asked}
        self._substitutes_tried: Counter[str] = Counter()
        self._filled: set[str] = set()
        self._answered: list[ListedModel] = []
        self._failing = FailingProviders()

    @property
    def is_open(self) -> bool:
        """Whether an outcome is still to come."""
        return bool(self._open)

    @property
    @override
    def is_listening(self) -> bool:
        return self._audience.is_listening

    @override
    def hear(self, model: str, point: feedback_pb2.Point) -> None:
        self._events.put_nowait(Delta(model=model, point=point))

    async def run(self) -> AsyncGenerator[Delta | Outcome]:
        """Asks everyone at once and yields each point and each outcome as it comes.

        Every model asked has exactly one outcome. One that is still writing when the time is up fails with
        TIMEOUT; so does one, past the minimum, once the straggler grace has passed or the patience with it
        ends.
        """
        try:
            self._ask_the_panel()
            until = self._budget.answer_by
            while self._open:
                if given_up := self._given_up():
                    until = min(until, self._stragglers_until())
                    for outcome in given_up:
                        yield outcome
                    continue
                event = await self._next_event(until)
                if event is None and not until.remaining():
                    break
                if event is None or self._had_its_outcome(event):
                    continue
                if isinstance(event, Outcome):
                    self._close(event)
                    until = min(until, self._stragglers_until())
                yield event
            for name in list(self._open):
                slot = self._open.pop(name)
                yield self._timed_out(slot, "it was still writing when the time for it was up")
        finally:
            await end(self._tasks.values())

    def _ask_the_panel(self) -> None:
        firsts = {each.name: each for each in self._panel.asked}
        for listed in self._panel.asked:
            self._ask(_PanelSlot(listed, listed))
        for listed in self._kept_substitutes:
            first = firsts.get(self._kept[listed.name].substitute_for)
            if first is not None and listed.name not in firsts:
                self._ask(_PanelSlot(first, listed))

    async def _next_event(self, until: Deadline) -> Delta | Outcome | None:
        """Waits for an event; None: the time is up, or the patience with a model has ended."""
        try:
            async with asyncio.timeout(min([until, *self._patience_ends()]).remaining()):
                return await self._events.get()
        except TimeoutError:
            return None

    def _had_its_outcome(self, event: Delta | Outcome) -> bool:
        """Returns whether an event is of a model that was given up."""
        name = event.listed.name if isinstance(event, Outcome) else event.model
        return name not in self._open

    def _ask(self, slot: _PanelSlot) -> None:
        self._open[slot.now.name] = slot
        self._engaged.add(slot.now.name)
        if slot.substitute_for:
            self._substitutes_tried[slot.first.name] += 1
        if (kept := self._kept.get(slot.now.name)) is not None:
            self._events.put_nowait(Outcome(slot.now, kept))
            return
        deadline = self._call_by(slot)
        self._patience.begin(slot.now.name, Deadline.after(0, deadline.clock))
        asking = self._source.ask(slot.now, self._question, self._spending, deadline, self, self._patience)
        task = asyncio.create_task(asking, name=f"ask {slot.now.name}")
        task.add_done_callback(partial(self._on_result, slot))
        self._tasks[slot.now.name] = task

    def _call_by(self, slot: _PanelSlot) -> Deadline:
        """Returns when the call of a slot's model ends."""
        deadline = self._one_call_by()
        # A substitute that hangs must not keep the next one from reaching the minimum.
        if slot.substitute_for and not self._panel.is_enough(self._answered) and self._next_substitute(slot):
            usual = self._records.usual_seconds(slot.now.name)
            deadline = deadline.within(max(usual, _SUBSTITUTE_SHARE * deadline.remaining()))
        return deadline

    def _one_call_by(self) -> Deadline:
        """Returns when the call of a model that is asked now ends at the latest."""
        deadline = self._budget.call_by
        if self._policy.HasField("model_timeout"):
            deadline = deadline.within(to_seconds(self._policy.model_timeout))
        return deadline

    def _on_result(self, slot: _PanelSlot, task: asyncio.Task[feedback_pb2.ModelResult]) -> None:
        error = error_of(task)
        result = task.result() if error is None else slot.failed(error)
        result.substitute_for = slot.substitute_for
        self._events.put_nowait(Outcome(slot.now, result))

    def _close(self, outcome: Outcome) -> None:
        slot = self._open.pop(outcome.listed.name)
        if outcome.answered:
            self._answered.append(outcome.listed)
            self._patience.note_answer(outcome.listed.name)
            self._filled.add(slot.first.name)
            return
        self._failing.note(outcome.listed, outcome.result.failure.reason)
        if self._budget.call_by.remaining() and (substitute := self._next_substitute(slot)):
            self._ask(_PanelSlot(slot.first, substitute))

    def _next_substitute(self, slot: _PanelSlot) -> ListedModel | None:
        """Chooses whom to ask once a slot's model fails; None: nobody is left, or enough were asked."""
        if slot.first.name in self._filled or any(
            each.first is slot.first and each is not slot for each in self._open.values()
        ):
            return None
        is_enough = self._panel.is_enough(self._answered)
        most = _MAX_SUBSTITUTES_BEYOND if is_enough else _MAX_SUBSTITUTES
        if self._substitutes_tried[slot.first.name] >= most:
            return None
        until = self._one_call_by()
        if is_enough:
            until = min(until, self._substitutes_until())
        seconds = until.remaining()
        for each in by_preference(slot.first, self._panel.spare):
            is_free = each.name not in self._engaged and not self._failing.include(each)
            if is_free and self._records.usual_seconds(each.name) <= seconds:
                return each
        return None

    def _given_up(self) -> list[Outcome]:
        """Ends the calls of those with whom the patience has ended, and returns their outcomes."""
        outcomes = []
        for slot in self._stragglers():
            name = slot.now.name
            if self._patience.gives_up(name):
                del self._open[name]
                self._tasks[name].cancel()
                late = "it took longer than it usually does, and the others were enough"
                outcomes.append(self._timed_out(slot, late))
        return outcomes

    def _timed_out(self, slot: _PanelSlot, why: str) -> Outcome:
        result = slot.failed(Timeout(why))
        if slot.now.name in self._tasks:
            result.latency.CopyFrom(to_duration(self._patience.seconds(slot.now.name)))
        return Outcome(slot.now, result)

    def _patience_ends(self) -> list[Deadline]:
        ends = (self._patience.ends(slot.now.name) for slot in self._stragglers())
        return [each for each in ends if each is not None]

    def _stragglers(self) -> list[_PanelSlot]:
        """Returns those who still write past the minimum."""
        if not self._panel.is_enough(self._answered):
            return []
        is_done = {name for name, task in self._tasks.items() if task.done()}
        return [slot for name, slot in self._open.items() if name in self._tasks and name not in is_done]

    def _stragglers_until(self) -> Deadline:
        """Returns when the models that still write are given up, as far as the latest outcome tells."""
        answer_by = self._budget.answer_by
        if not self._panel.is_enough(self._answered):
            return answer_by
        if self._policy.HasField("straggler_grace") or all(
            slot.substitute_for for slot in self._open.values()
        ):
            return self._substitutes_until()
        return answer_by

    def _substitutes_until(self) -> Deadline:
        """Returns when those who still write are given up if only substitutes do, past the minimum."""
        answer_by = self._budget.answer_by
        if self._policy.HasField("straggler_grace"):
            return answer_by.within(to_seconds(self._policy.straggler_grace))
        return answer_by.within(_SUBSTITUTE_SHARE * answer_by.remaining())
